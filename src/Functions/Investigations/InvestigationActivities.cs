using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Investigations;

namespace Nightwatch.Functions.Investigations;

/// <summary>The steps of an investigation that touch the world. Each may run twice: what they write is keyed by investigation and step.</summary>
public sealed class InvestigationActivities(PlanInvestigation plan, GatherEvidence gather, ConcludeInvestigation conclude)
{
    [Function(nameof(PlanInvestigationRound))]
    public async Task<PlannedRound> PlanInvestigationRound([ActivityTrigger] RoundInput input, CancellationToken cancellationToken)
    {
        if (!input.Waited && await plan.NotBeforeAsync(input.Tenant, input.InvestigationId, input.Round, cancellationToken) is { } notBefore)
        {
            return new PlannedRound { StepIds = [], NotBefore = notBefore };
        }

        var steps = await plan.PlanAsync(input.Tenant, input.InvestigationId, input.Round, cancellationToken);
        return new PlannedRound { StepIds = steps.Select(step => step.StepId).ToList() };
    }

    [Function(nameof(GatherEvidenceForStep))]
    public async Task<StepOutput> GatherEvidenceForStep([ActivityTrigger] StepInput input, CancellationToken cancellationToken)
    {
        var outcome = await gather.GatherAsync(input.Tenant, input.InvestigationId, input.StepId, input.LastAttempt, input.Attempt, cancellationToken);
        return new StepOutput { Retry = outcome.Retry };
    }

    [Function(nameof(RecordEvidenceGap))]
    public Task RecordEvidenceGap([ActivityTrigger] GapInput input, CancellationToken cancellationToken) =>
        gather.RecordGapAsync(input.Tenant, input.InvestigationId, input.StepId, input.Why, cancellationToken);

    [Function(nameof(ConcludeInvestigationNow))]
    public Task ConcludeInvestigationNow([ActivityTrigger] InvestigationInput input, CancellationToken cancellationToken) =>
        conclude.ConcludeAsync(input.Tenant, input.InvestigationId, cancellationToken);
}
