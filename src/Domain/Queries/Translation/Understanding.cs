namespace Nightwatch.Domain.Queries.Translation;

/// <summary>What the asker wants.</summary>
public enum QuestionIntent
{
    Metrics,
    Logs,
    Events,
    Health,
    Impact,
    Comparison,
    Trend,
    Capacity,
    Dashboards,
    Alerts,

    /// <summary>Service levels: compliance, error budget, burn rate.</summary>
    ServiceLevel,

    /// <summary>What changed.</summary>
    Changes,

    /// <summary>Why something is slow or wrong.</summary>
    Diagnosis,
    HowTo,
    SmallTalk,
    OutOfScope,
}

/// <summary>How the values of a window become one. None: the value as it is now, or over time.</summary>
public enum Statistic
{
    None,
    Average,
    Maximum,
    Minimum,
    Sum,
    Count,
    Rate,
    Quantile,
    StandardDeviation,
}

/// <summary>A bound that values are held against. Percentages are kept as written: 80 with <see cref="IsPercent"/>.</summary>
/// <param name="Comparison">One of &gt;, &gt;=, &lt; and &lt;=.</param>
public sealed record Threshold(string Comparison, double Value, bool IsPercent, string Unit);

/// <summary>A thing that the question names.</summary>
/// <param name="Kind">service, application, pod, namespace, environment, host, container, topic, queue, ... as the question calls it; name when it does not.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Value">As the sources know it; what was written when they do not know it.</param>
/// <param name="Known">Whether a source has the value in a label.</param>
public sealed record NamedEntity(string Kind, string Text, string Value, bool Known)
{
    /// <summary>Labels that hold the value.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether it was found through a slip or a part of the name.</summary>
    public bool Corrected { get; init; }
}

/// <summary>A question, understood: what a follow-up builds on and queries are planned from.</summary>
public sealed record Understanding
{
    public required string Question { get; init; }

    public required QuestionIntent Intent { get; init; }

    /// <summary>0 to 1.</summary>
    public required double IntentConfidence { get; init; }

    /// <summary>What is measured: cpu, latency, error, ... in the order of the question.</summary>
    public IReadOnlyList<string> Measures { get; init; } = [];

    /// <summary>What it is measured on: host, pod, http, redis, ...</summary>
    public IReadOnlyList<string> Subjects { get; init; } = [];

    /// <summary>How it is wanted: usage, ratio, free, top, compare, ...</summary>
    public IReadOnlyList<string> Wishes { get; init; } = [];

    public IReadOnlyList<NamedEntity> Entities { get; init; } = [];

    public TimeReference? Time { get; init; }

    /// <summary>The time that <see cref="Time"/> is compared with.</summary>
    public TimeReference? Baseline { get; init; }

    /// <summary>How far a forecast looks ahead.</summary>
    public TimeSpan? Horizon { get; init; }

    public Statistic Statistic { get; init; }

    /// <summary>0 to 1, with <see cref="Statistic.Quantile"/>.</summary>
    public double? Quantile { get; init; }

    /// <summary>Further quantiles that were asked for in the same breath: "p50 and p99".</summary>
    public IReadOnlyList<double> MoreQuantiles { get; init; } = [];

    /// <summary>Measures that stand in a list, of which each is wanted by itself: "cpu, memory and disk".</summary>
    public IReadOnlyList<string> Listed { get; init; } = [];

    /// <summary>An HTTP status code that the question names: 503.</summary>
    public string? StatusCode { get; init; }

    public Threshold? Threshold { get; init; }

    /// <summary>With top or bottom: how many.</summary>
    public int? Top { get; init; }

    public bool Bottom { get; init; }

    /// <summary>Words for what the answer is broken down by.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>What stood in quotes and names nothing.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>How many log lines are wanted.</summary>
    public int? Lines { get; init; }

    /// <summary>error, warn, info, ... when the question asks for one level of log lines.</summary>
    public string? LogLevel { get; init; }

    /// <summary>Content words that name no concept, in order: they find a metric or a log line by its name.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What looks like a name in code or a part of a URL and names nothing that a source knows: writeBlock, network-vif-plugged, /v2/servers.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>"written → meant" for each slip that was forgiven.</summary>
    public IReadOnlyList<string> Corrections { get; init; } = [];

    public bool Asks(string concept) => Measures.Contains(concept) || Wishes.Contains(concept) || Subjects.Contains(concept);
}
