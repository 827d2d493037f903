using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Nightwatch.Domain.Investigations;

namespace Nightwatch.Functions.Investigations;

/// <summary>
/// Plans questions round by round, has them answered side by side, and concludes. A question that cannot be answered becomes a gap, never a failure.
/// </summary>
public static class InvestigationOrchestration
{
    /// <summary>For an activity that throws (the store was down, the process was stopped): the activity itself is safe to repeat.</summary>
    private static readonly TaskOptions AgainAfterFaults = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 8, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    [Function(nameof(InvestigationOrchestration))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<InvestigationInput>() ?? throw new InvalidOperationException("The orchestration was started without its input.");
        var startedAt = context.CurrentUtcDateTime;
        var round = 0;
        PlannedRound planned;
        do
        {
            round++;
            context.SetCustomStatus($"round {round}");
            planned = await PlanAsync(context, new RoundInput { Tenant = input.Tenant, InvestigationId = input.InvestigationId, Round = round });
            await GatherAsync(context, input, planned.StepIds);
        }
        while (InvestigationFlow.GoesOn(round, planned.StepIds.Count, startedAt, context.CurrentUtcDateTime));

        context.SetCustomStatus("concluding");
        await context.CallActivityAsync(nameof(InvestigationActivities.ConcludeInvestigationNow), input, AgainAfterFaults);
        context.SetCustomStatus("concluded");
    }

    private static async Task<PlannedRound> PlanAsync(TaskOrchestrationContext context, RoundInput ask)
    {
        var planned = await context.CallActivityAsync<PlannedRound>(nameof(InvestigationActivities.PlanInvestigationRound), ask, AgainAfterFaults);
        if (planned.NotBefore is not { } notBefore)
        {
            return planned;
        }

        await context.CreateTimer(notBefore.UtcDateTime, CancellationToken.None);
        return await context.CallActivityAsync<PlannedRound>(
            nameof(InvestigationActivities.PlanInvestigationRound), ask with { Waited = true }, AgainAfterFaults);
    }

    private static async Task GatherAsync(TaskOrchestrationContext context, InvestigationInput input, IReadOnlyList<string> stepIds)
    {
        var waiting = stepIds;
        var running = new List<Task>();
        while (waiting.Count + running.Count > 0)
        {
            var wave = InvestigationFlow.NextWave(waiting, running.Count);
            waiting = [.. waiting.Skip(wave.Count)];
            running.AddRange(wave.Select(stepId => AnswerAsync(context, input, stepId)));
            var done = await Task.WhenAny(running);
            running.Remove(done);
            await done;
        }
    }

    private static async Task AnswerAsync(TaskOrchestrationContext context, InvestigationInput input, string stepId)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ask = new StepInput
            {
                Tenant = input.Tenant,
                InvestigationId = input.InvestigationId,
                StepId = stepId,
                Attempt = attempt,
                LastAttempt = InvestigationFlow.IsLastAttempt(attempt),
            };
            try
            {
                var answer = await context.CallActivityAsync<StepOutput>(nameof(InvestigationActivities.GatherEvidenceForStep), ask, AgainAfterFaults);
                if (!answer.Retry || ask.LastAttempt)
                {
                    return;
                }
            }
            catch (TaskFailedException failure)
            {
                var gap = new GapInput
                {
                    Tenant = input.Tenant,
                    InvestigationId = input.InvestigationId,
                    StepId = stepId,
                    Why = failure.FailureDetails.ErrorMessage,
                };
                await context.CallActivityAsync(nameof(InvestigationActivities.RecordEvidenceGap), gap, AgainAfterFaults);
                return;
            }

            await context.CreateTimer(InvestigationFlow.Backoff(attempt, stepId), CancellationToken.None);
        }
    }
}
