using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Functions.Investigations;

/// <summary>What crosses the orchestration and its activities: ids only; what is large is in the store.</summary>
public sealed record InvestigationInput
{
    public required string Tenant { get; init; }

    public required string InvestigationId { get; init; }

    /// <summary>Two tenants may be sent the same alert, and so have incidents and investigations of the same id; all orchestrations share one hub.</summary>
    public static string InstanceIdOf(string tenant, string investigationId) =>
        tenant == Tenants.Default ? investigationId : $"{tenant}:{investigationId}";
}

public sealed record RoundInput
{
    public required string Tenant { get; init; }

    public required string InvestigationId { get; init; }

    /// <summary>From 1.</summary>
    public required int Round { get; init; }

    /// <summary>True once the round has been waited for: it is planned now, whatever there is to see.</summary>
    public bool Waited { get; init; }
}

/// <summary>The questions of a round; none means that there is nothing more to ask.</summary>
public sealed record PlannedRound
{
    public required IReadOnlyList<string> StepIds { get; init; }

    /// <summary>Set when nothing is planned yet because there is little to see before this time.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

public sealed record StepInput
{
    public required string Tenant { get; init; }

    public required string InvestigationId { get; init; }

    public required string StepId { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whatever comes back now is recorded, a gap too.</summary>
    public required bool LastAttempt { get; init; }
}

public sealed record StepOutput
{
    public required bool Retry { get; init; }
}

/// <summary>A question whose activity failed for good.</summary>
public sealed record GapInput
{
    public required string Tenant { get; init; }

    public required string InvestigationId { get; init; }

    public required string StepId { get; init; }

    /// <summary>The last failure's message.</summary>
    public required string Why { get; init; }
}
