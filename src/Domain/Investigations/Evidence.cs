using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations;

/// <summary>The answer to one <see cref="EvidenceStep"/>: numbers with the query that made them, or the gap and why there is one.</summary>
public sealed record Evidence
{
    /// <summary><c>{investigationId}:{stepId}</c>; gathering a step again replaces nothing.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string InvestigationId { get; init; }

    public required string StepId { get; init; }

    public required string Topic { get; init; }

    public required string Title { get; init; }

    public string? Component { get; init; }

    public required string Tool { get; init; }

    public required ToolStatus Status { get; init; }

    /// <summary>The exact query.</summary>
    public required string Invocation { get; init; }

    public string? Link { get; init; }

    /// <summary>Why there is no answer, or what was left out of it.</summary>
    public string? Message { get; init; }

    /// <summary>One sentence that a person reads; every number in it is one of <see cref="Facts"/>.</summary>
    public required string Summary { get; init; }

    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>Things that were found and are no numbers: changes, metrics, alerts, patterns of log lines. Text from outside.</summary>
    public IReadOnlyList<EvidenceItem> Items { get; init; } = [];

    public required DateTimeOffset RecordedAt { get; init; }

    public int Attempts { get; init; } = 1;

    public static DocumentType<Evidence> Type { get; } = new()
    {
        Name = "evidence",
        Fields = [new("investigationId", e => e.InvestigationId), new("recordedAt", e => e.RecordedAt)],
        Indexes = [["investigationId", "recordedAt"]],
    };

    public static string IdOf(string investigationId, string stepId) => $"{investigationId}:{stepId}";
}

/// <summary>
/// One number of a piece of evidence. <see cref="Name"/> says which one (value, before, during, yesterday, last_week, ratio, slope_per_hour, ...).
/// </summary>
public sealed record Fact
{
    public required string Name { get; init; }

    public required double Value { get; init; }

    public string? Unit { get; init; }

    /// <summary>Series that the number belongs to, by its distinguishing labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>The exact query that gave this number, when it differs from the evidence's own invocation.</summary>
    public string? Query { get; init; }
}

/// <summary>Something that was found: a deployment, a metric that exists, a past incident, a pattern of log lines. All of it is text from outside.</summary>
public sealed record EvidenceItem
{
    /// <summary>deployment, restart, creation, annotation, metric, alert, episode, incident, silence or log_pattern.</summary>
    public required string Kind { get; init; }

    public required string Text { get; init; }

    public DateTimeOffset? At { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? Link { get; init; }
}
