using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Templates;

namespace Nightwatch.Domain.Queries.Translation.Writing;

/// <summary>What the places of a template are filled with.</summary>
internal sealed record TemplateFill
{
    /// <summary>The metric for each that the template names.</summary>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<MatcherSyntax>> Matchers { get; init; }

    public IReadOnlyDictionary<string, MatcherSyntax> Errors { get; init; } = new Dictionary<string, MatcherSyntax>();

    public IReadOnlyList<string> By { get; init; } = [];

    public required TimeSpan Window { get; init; }

    /// <summary>With it gauges are read over the window by this function.</summary>
    public string? OverTime { get; init; }

    public double Quantile { get; init; } = 0.95;

    public TimeSpan Horizon { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>Writes PromQL. Values from outside enter as quoted strings only, label names only when they are ones.</summary>
internal static class PromQlWriter
{
    public static string Fill(TemplateText template, TemplateFill fill)
    {
        var text = new StringBuilder();
        var metric = "";
        foreach (var part in template.Parts)
        {
            metric = part.Kind == PartKind.Metric ? part.Text : metric;
            _ = part.Kind switch
            {
                PartKind.Metric => text.Append(part.IsGauge && fill.OverTime is not null ? $"{Function(fill)}" : "").Append(fill.Names[part.Text]),
                PartKind.GaugeEnd => fill.OverTime is null ? text : text.Append('[').Append(QueryDuration.Format(fill.Window)).Append("])"),
                PartKind.Matchers => Matchers(text, fill.Matchers[metric]),
                PartKind.Errors => Matchers(text, [fill.Errors[metric + part.Text]]),
                PartKind.By => By(text, part.Text, fill.By),
                PartKind.Window => text.Append(QueryDuration.Format(fill.Window)),
                PartKind.WindowSeconds => text.Append(Number(fill.Window.TotalSeconds)),
                PartKind.Quantile => text.Append(Number(fill.Quantile)),
                PartKind.Horizon => text.Append(Number(fill.Horizon.TotalSeconds)),
                _ => text.Append(part.Text),
            };
        }

        return text.ToString().Replace(",}", "}", StringComparison.Ordinal).Replace("{}", "", StringComparison.Ordinal);
    }

    /// <summary>The query as a tree, printed: what leaves here parses, in the oldest dialect that is spoken too.</summary>
    /// <exception cref="QuerySyntaxException">A template is wrong; no value from outside can cause it.</exception>
    public static string Canonical(string text) => PromQlQuery.Parse(text, PromQlDialect.V242).ToString();

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The function over the values that the expression had within the window.</summary>
    public static string OverTime(string function, string expression, TimeSpan window, TimeSpan step, double? quantile = null) =>
        $"{function}({(quantile is { } q ? Number(q) + ", " : "")}({expression})[{QueryDuration.Format(window)}:{QueryDuration.Format(step)}])";

    public static string Bounded(string expression, string comparison, double value) => $"({expression}) {comparison} {Number(value)}";

    public static string Ranked(string expression, int count, bool bottom) => $"{(bottom ? "bottomk" : "topk")}({count}, {expression})";

    public static string Across(string function, string expression) => $"{function}({expression})";

    public static string Scaled(string expression, double factor) => $"({expression}) * {Number(factor)}";

    public static string Selector(string metric, IReadOnlyList<MatcherSyntax> matchers) =>
        matchers.Count == 0 ? metric : Matchers(new StringBuilder(metric).Append('{'), matchers).Append('}').ToString();

    /// <summary>Whether a label may stand in a query as it is.</summary>
    public static bool IsLabel(string name) => name.Length is > 0 and < 200 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static bool IsMetric(string name) => name.Length is > 0 and < 200 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':');

    private static string Function(TemplateFill fill) => fill.OverTime == "quantile_over_time" ? $"quantile_over_time({Number(fill.Quantile)}, " : fill.OverTime + "(";

    private static StringBuilder Matchers(StringBuilder text, IReadOnlyList<MatcherSyntax> matchers)
    {
        for (var i = 0; i < matchers.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(matchers[i].Label).Append(matchers[i].Sign);
            GoString.AppendQuoted(text, GoString.WellFormed(matchers[i].Value));
        }

        return text;
    }

    private static StringBuilder By(StringBuilder text, string further, IReadOnlyList<string> labels)
    {
        var all = labels.Concat(further.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();
        return all.Count == 0 ? text : text.Append(" by (").AppendJoin(", ", all).Append(')');
    }
}
