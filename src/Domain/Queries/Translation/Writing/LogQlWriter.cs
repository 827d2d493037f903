using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Translation.Writing;

/// <summary>A filter on log lines: text, or a pattern.</summary>
internal readonly record struct LineFilter(bool IsPattern, string Text);

/// <summary>Log lines, and what is taken from them.</summary>
internal sealed record LogDraft
{
    public required IReadOnlyList<MatcherSyntax> Matchers { get; init; }

    public IReadOnlyList<LineFilter> Filters { get; init; } = [];

    /// <summary>json or logfmt, where labels are taken from the line's own fields.</summary>
    public string? Parser { get; init; }

    public string? Pattern { get; init; }

    public MatcherSyntax? LabelFilter { get; init; }

    /// <summary>The label whose number is aggregated.</summary>
    public string? Unwrap { get; init; }
}

/// <summary>Writes LogQL. Values from outside enter as quoted strings only.</summary>
internal static class LogQlWriter
{
    /// <summary>The query as a tree, printed: what leaves here parses.</summary>
    /// <exception cref="QuerySyntaxException">A phrase or template is wrong; no value from outside can cause it.</exception>
    public static string Canonical(string text) => LogQlParser.Parse(text).ToString();

    public static string Lines(LogDraft draft)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < draft.Matchers.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Matcher(text, draft.Matchers[i]);
        }

        text.Append('}');
        foreach (var filter in draft.Filters)
        {
            text.Append(filter.IsPattern ? " |~ " : " |= ");
            GoString.AppendQuoted(text, GoString.WellFormed(filter.Text));
        }

        if (draft.Parser is not null)
        {
            text.Append(" | ").Append(draft.Parser);
        }

        if (draft.Pattern is not null)
        {
            text.Append(" | regexp ");
            GoString.AppendQuoted(text, draft.Pattern);
        }

        if (draft.LabelFilter is { } label)
        {
            text.Append(" | ");
            Matcher(text, label);
        }

        return (draft.Unwrap is null ? text : text.Append(" | unwrap ").Append(draft.Unwrap)).ToString();
    }

    /// <summary>fn(lines [range]), with a parameter such as a quantile before them.</summary>
    public static string Over(string function, LogDraft draft, TimeSpan range, double? parameter = null) =>
        $"{function}({(parameter is { } p ? p.ToString("R", CultureInfo.InvariantCulture) + ", " : "")}{Lines(draft)} [{QueryDuration.Format(range)}])";

    public static string By(string function, IReadOnlyList<string> labels, string inner) => labels.Count == 0 ? $"{function}({inner})" : $"{function} by ({string.Join(", ", labels)}) ({inner})";

    private static void Matcher(StringBuilder text, MatcherSyntax matcher)
    {
        text.Append(matcher.Label).Append(matcher.Sign);
        GoString.AppendQuoted(text, GoString.WellFormed(matcher.Value));
    }
}
