using Nightwatch.Domain.Applications;

namespace Nightwatch.Domain.Queries.History;

public enum HealthVerdict
{
    /// <summary>Every objective is met, with at least half of its error budget left and data for nine tenths of the window.</summary>
    Healthy,

    /// <summary>Every objective is met, but with less than that.</summary>
    Degraded,

    /// <summary>An objective is missed.</summary>
    Unhealthy,

    /// <summary>None is missed that is known, and one is not known. No data is never healthy.</summary>
    Unknown,
}

internal sealed record HealthAnswer
{
    public required string Application { get; init; }

    public string? Environment { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    /// <summary>60 where the window allows it: then minutes are minutes.</summary>
    public required double StepSeconds { get; init; }

    public required HealthVerdict Verdict { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    public required IReadOnlyList<ObjectiveAnswer> Objectives { get; init; }
}

internal enum ObjectiveVerdict
{
    Met,
    Missed,
    Unknown,
}

internal sealed record ObjectiveAnswer
{
    public required string Name { get; init; }

    public required SloKind Kind { get; init; }

    public string? Component { get; init; }

    /// <summary>Percent.</summary>
    public required double Objective { get; init; }

    public double? ThresholdSeconds { get; init; }

    public required ObjectiveVerdict Verdict { get; init; }

    public string? Reason { get; init; }

    /// <summary>Percent, as the objective.</summary>
    public double? Measured { get; init; }

    public bool? Compliant { get; init; }

    /// <summary>Of the window that was asked for, 0 to 1.</summary>
    public double? ErrorBudgetLeft { get; init; }

    public double? BurnRate { get; init; }

    /// <summary>Days that the objective is promised over.</summary>
    public required int WindowDays { get; init; }

    /// <summary>Share of the budget of those days that the window spent, with requests as many on all days.</summary>
    public double? BudgetSpentOfPeriod { get; init; }

    public double? Requests { get; init; }

    public double? FailedRequests { get; init; }

    public double Coverage { get; init; }

    public double BadMinutes { get; init; }

    public int BadIntervalsTotal { get; init; }

    /// <summary>The longest ones when there are many, in order of time.</summary>
    public IReadOnlyList<BrokenInterval> BadIntervals { get; init; } = [];

    public IReadOnlyList<AskedQuery> Queries { get; init; } = [];
}

/// <summary>A query behind an answer.</summary>
/// <param name="Role">good, total, failed, p95, window, baseline, ...</param>
internal sealed record AskedQuery(string Role, string Query, string? Link, IReadOnlyList<string> Warnings, string? Error)
{
    public static AskedQuery Of(string role, AskedSeries asked) => new(role, asked.Query, asked.Link, asked.Notes, asked.Error);
}
