namespace Nightwatch.Domain.Queries.Templates;

internal enum PartKind
{
    Text,

    /// <summary>A metric; <see cref="TemplatePart.Text"/> is its name or $slot.</summary>
    Metric,

    /// <summary>The matchers of the metric before it.</summary>
    Matchers,
    Errors,

    /// <summary>by (...); <see cref="TemplatePart.Text"/> holds further labels.</summary>
    By,
    Window,

    /// <summary>The length of the window in seconds.</summary>
    WindowSeconds,
    Quantile,
    Horizon,

    /// <summary>Ends the selector of a gauge that is averaged over a window.</summary>
    GaugeEnd,
}

internal readonly record struct TemplatePart(PartKind Kind, string Text, bool IsGauge = false);

/// <summary>The text of a template, cut into what stands and what is filled in.</summary>
internal sealed record TemplateText(IReadOnlyList<TemplatePart> Parts)
{
    public IEnumerable<string> Metrics => Parts.Where(p => p.Kind == PartKind.Metric).Select(p => p.Text).Distinct();

    /// <summary>One gauge and nothing around it.</summary>
    public bool IsBareGauge => Parts.Count > 0 && Parts[0].IsGauge && Parts[^1].Kind == PartKind.GaugeEnd && Parts.Count(p => p.Kind == PartKind.Metric) == 1;

    public static TemplateText Parse(string text)
    {
        var parts = new List<TemplatePart>();
        var start = 0;
        var gauge = false;
        for (var at = 0; at < text.Length;)
        {
            var length = PartAt(text, at, out var part);
            gauge |= part is { Kind: PartKind.Metric, IsGauge: true };
            if (length == 0)
            {
                at++;
                if (gauge && text[at - 1] == '}')
                {
                    parts.Add(new TemplatePart(PartKind.Text, text[start..at]));
                    parts.Add(new TemplatePart(PartKind.GaugeEnd, ""));
                    (start, gauge) = (at, false);
                }

                continue;
            }

            if (at > start)
            {
                parts.Add(new TemplatePart(PartKind.Text, text[start..at]));
            }

            parts.Add(part);
            at += length;
            start = at;
        }

        if (start < text.Length)
        {
            parts.Add(new TemplatePart(PartKind.Text, text[start..]));
        }

        return new TemplateText(parts);
    }

    private static int PartAt(string text, int at, out TemplatePart part)
    {
        var gauge = text[at] == '~' && at > 0 && text[at - 1] is not '=' and not '!' || (text[at] == '~' && at == 0);
        var name = gauge ? at + 1 : at;
        var end = name < text.Length && text[name] == '$' ? name + 1 : name;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or ':'))
        {
            end++;
        }

        var word = text[name..end];
        var begins = at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '"');
        part = word switch
        {
            "$m" => new TemplatePart(PartKind.Matchers, ""),
            "$err" => new TemplatePart(PartKind.Errors, ""),
            "$err4" => new TemplatePart(PartKind.Errors, "4"),
            "$w" => new TemplatePart(PartKind.Window, ""),
            "$s" => new TemplatePart(PartKind.WindowSeconds, ""),
            "$q" => new TemplatePart(PartKind.Quantile, ""),
            "$h" => new TemplatePart(PartKind.Horizon, ""),
            "$by" => By(text, ref end),
            _ => end < text.Length && text[end] == '{' && begins && word.Length > 0 ? new TemplatePart(PartKind.Metric, word, gauge) : default,
        };
        return part == default ? 0 : end - at;
    }

    private static TemplatePart By(string text, ref int end)
    {
        if (end >= text.Length || text[end] != '(' || text.IndexOf(')', end) is not (var close and > 0) || text[end + 1] == '$' || !text[(end + 1)..close].All(c => char.IsAsciiLetterLower(c) || c is '_' or ','))
        {
            return new TemplatePart(PartKind.By, "");
        }

        var labels = text[(end + 1)..close];
        end = close + 1;
        return new TemplatePart(PartKind.By, labels);
    }
}
