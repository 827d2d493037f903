namespace Nightwatch.Domain.Investigations;

/// <summary>What the evidence says, ranked. Every statement points at evidence by id.</summary>
public sealed record Conclusion
{
    /// <summary>One or two sentences for the list and for notifications.</summary>
    public required string Summary { get; init; }

    /// <summary>The report for people, in Markdown, when a language model wrote one; null when the template speaks.</summary>
    public string? Narrative { get; init; }

    /// <summary>rules, or the name of the model that wrote the narrative.</summary>
    public required string WrittenBy { get; init; }

    /// <summary>Most probable first.</summary>
    public required IReadOnlyList<Hypothesis> Hypotheses { get; init; }

    public required IReadOnlyList<UncheckedQuestion> NotChecked { get; init; }

    public required IReadOnlyList<string> NextSteps { get; init; }
}

/// <summary>A possible cause with what speaks for it and against it.</summary>
public sealed record Hypothesis
{
    /// <summary>
    /// Kind of cause: deployment_regression, dependency_failure, internal_errors, internal_latency, memory_leak, resource_saturation, traffic_surge,
    /// target_down, ...
    /// </summary>
    public required string Cause { get; init; }

    /// <summary>The component to blame.</summary>
    public required string Component { get; init; }

    public required string Statement { get; init; }

    /// <summary>0 to 1; moves with the evidence. How it is computed is written where it is computed.</summary>
    public required double Confidence { get; init; }

    public required IReadOnlyList<EvidencePoint> For { get; init; }

    public required IReadOnlyList<EvidencePoint> Against { get; init; }

    /// <summary>rules or the model's name.</summary>
    public string ProposedBy { get; init; } = "rules";
}

/// <summary>A statement and the evidence it rests on.</summary>
public sealed record EvidencePoint(string EvidenceId, string Statement, double Weight);

/// <summary>A question that has no answer, and why.</summary>
public sealed record UncheckedQuestion(string Question, string Why);
