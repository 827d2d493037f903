namespace Nightwatch.Domain.Queries.Templates;

/// <summary>
/// A way to measure something, chosen only where its metrics exist. The expression is PromQL with places to fill:
/// <c>$m</c> the matchers of what is asked about, <c>$by</c> the grouping (<c>$by(le)</c>: with further labels), <c>$w</c> the window of rates, <c>$s</c> its seconds, <c>$q</c> the quantile,
/// <c>$h</c> the seconds to look ahead, <c>$err</c> the matcher of failed requests, <c>$slot</c> or <c>$slot_suffix</c> a metric that has several usual names
/// (<see cref="MetricSlots"/>). A gauge marked with <c>~</c> is averaged where a window is asked for.
/// </summary>
internal sealed record MeasureTemplate
{
    public required string Id { get; init; }

    /// <summary>What the values are, in words.</summary>
    public required string Purpose { get; init; }

    public required string Unit { get; init; }

    /// <summary>Concepts that the question must hold; a|b is either.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Needs { get; init; }

    /// <summary>Concepts that it explains further.</summary>
    public IReadOnlyList<string> Helps { get; init; } = [];

    /// <summary>Concepts that mean something else.</summary>
    public IReadOnlyList<string> Avoids { get; init; } = [];

    /// <summary>What it is measured on: host, container, service, process, redis, ...</summary>
    public required string Subject { get; init; }

    public required TemplateText Text { get; init; }

    /// <summary>
    /// In place of <see cref="Text"/> and <see cref="Count"/> where nothing is broken down: a service that never failed has no series of failures, and its share of them is 0 and
    /// not unknown.
    /// </summary>
    public (TemplateText Text, TemplateText? Count)? Whole { get; init; }

    /// <summary>How much or how often within a window; null where that has no meaning.</summary>
    public TemplateText? Count { get; init; }

    /// <summary>Labels to group by when nobody says: none is a total.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>Of two that fit, the larger wins.</summary>
    public double Priority { get; init; }

    /// <summary>The quantile and the mean are asked for by name: the template answers only that one.</summary>
    public bool IsQuantile { get; init; }

    /// <summary>A part against the whole: $err stands for the values that the question names, and $m leaves them out.</summary>
    public bool IsShare { get; init; }
}

/// <summary>Templates of one area in few words.</summary>
internal static class TemplateList
{
    public static MeasureTemplate Of(
        string id, string purpose, string unit, string needs, string text, string helps = "", string avoids = "", string by = "", string? count = null, double priority = 0, bool quantile = false, bool share = false, string? whole = null, string? wholeCount = null) => new()
        {
            Id = id,
            Purpose = purpose,
            Unit = unit,
            Needs = [.. Split(needs).Select(n => n.Split('|'))],
            Helps = Split(helps),
            Avoids = Split(avoids),
            Subject = id.Split('.')[0],
            Text = TemplateText.Parse(text),
            Count = count is null ? null : TemplateText.Parse(count),
            By = Split(by),
            Priority = priority,
            IsQuantile = quantile,
            IsShare = share,
            Whole = whole is null ? null : (TemplateText.Parse(whole), wholeCount is null ? null : TemplateText.Parse(wholeCount)),
        };

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
