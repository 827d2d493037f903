using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

internal sealed record ImpactAnswer
{
    public required string Application { get; init; }

    public string? Environment { get; init; }

    public required TimeWindow Window { get; init; }

    public required TimeWindow Baseline { get; init; }

    public required double StepSeconds { get; init; }

    /// <summary>The largest effect first; those without data last.</summary>
    public required IReadOnlyList<ImpactSignal> Signals { get; init; }

    /// <summary>Names of components with a signal beyond the baseline's variation.</summary>
    public required IReadOnlyList<string> AffectedComponents { get; init; }

    public required IReadOnlyList<string> AffectedInstances { get; init; }

    /// <summary>Requests that failed in the window and would not have at the baseline's rate; null when no metric tells.</summary>
    public double? EstimatedFailedRequests { get; init; }

    /// <summary>Requests in the window.</summary>
    public double? Requests { get; init; }

    /// <summary>What could not be looked at, and why.</summary>
    public required IReadOnlyList<string> Missing { get; init; }
}

internal sealed record ImpactSignal
{
    /// <summary>golden.errors, process.cpu, log.errors, ...</summary>
    public required string Signal { get; init; }

    public required string Title { get; init; }

    public required string Unit { get; init; }

    /// <summary>Of all components together: sums, or for shares and durations the worst of them.</summary>
    public required ComparedValues Compared { get; init; }

    public string? Missing { get; init; }

    public IReadOnlyList<ImpactPart> Components { get; init; } = [];

    public IReadOnlyList<ImpactPart> Instances { get; init; } = [];

    public IReadOnlyList<AskedQuery> Queries { get; init; } = [];
}

internal sealed record ImpactPart(string Name, IReadOnlyDictionary<string, string> Labels, ComparedValues Compared);
