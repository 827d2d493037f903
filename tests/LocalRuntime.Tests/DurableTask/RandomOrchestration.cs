using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>An orchestrator made of random steps from a seed. Its result depends on the seed alone, whatever the order in which things end.</summary>
internal static class RandomOrchestration
{
    private const int MaxDepth = 3;

    public sealed record Seed(int Value, int Depth);

    public static TestFunctions Add(TestFunctions functions) => functions
        .Activity<int, int>("Double", value => value * 2 % 10_007)
        .Activity<int, int>("Odd", value => value % 2 == 1 ? throw new InvalidDataException("odd") : value + 1)
        .Entity("Cell", () => new EntitySamples.Counter())
        .Orchestrator("Random", RunAsync);

    public static async Task<long> RunAsync(TaskOrchestrationContext context)
    {
        var seed = context.GetInput<Seed>()!;
        var random = new Random(seed.Value);
        var sum = 0L;
        for (var steps = random.Next(1, 6); steps > 0; steps--)
        {
            sum = (sum * 31 + await StepAsync(context, random, seed.Depth)) % 1_000_003;
        }

        if (seed.Depth == 0 && seed.Value < 1_000_000 && random.Next(4) == 0)
        {
            // Once more, as a new run with another seed; the parent is told of the last run's result only.
            context.SendEvent(context.InstanceId, "extra", sum);
            context.ContinueAsNew(seed with { Value = seed.Value + 1_000_000 });
            return 0;
        }

        return seed.Value >= 1_000_000 && seed.Depth == 0 ? sum + await context.WaitForExternalEvent<long>("EXTRA") : sum;
    }

    private static async Task<long> StepAsync(TaskOrchestrationContext context, Random random, int depth)
    {
        var value = random.Next(1, 10_000);
        switch (random.Next(8))
        {
            case 0:
                return await context.CallActivityAsync<int>("Double", value);
            case 1:
                return (await Task.WhenAll(Enumerable.Range(0, random.Next(1, 8)).Select(i => context.CallActivityAsync<int>("Double", value + i)))).Sum();
            case 2:
                return await RetriedAsync(context, value);
            case 3:
                await context.CreateTimer(TimeSpan.FromMilliseconds(random.Next(1, 5)), CancellationToken.None);
                return 3;
            case 4:
                return await RaceAsync(context, value);
            case 5:
                return await OwnEntityAsync(context, value);
            case 6:
                return await SharedEntitiesAsync(context, random, value);
            default:
                return depth < MaxDepth
                    ? await context.CallSubOrchestratorAsync<long>("Random", new Seed(random.Next(1, 1000), depth + 1))
                    : await context.CallActivityAsync<int>("Double", value);
        }
    }

    private static async Task<long> RetriedAsync(TaskOrchestrationContext context, int value)
    {
        try
        {
            return await context.CallActivityAsync<int>("Odd", value, TaskOptions.FromRetryPolicy(new RetryPolicy(2, TimeSpan.FromMilliseconds(1))));
        }
        catch (TaskFailedException failure) when (failure.FailureDetails.IsCausedBy<InvalidDataException>())
        {
            return -1;
        }
    }

    // Nobody else knows the entity, so its results depend on this orchestration alone.
    private static async Task<long> OwnEntityAsync(TaskOrchestrationContext context, int value)
    {
        var own = new EntityInstanceId("Cell", context.InstanceId);
        await context.Entities.SignalEntityAsync(own, "add", value);
        try
        {
            await context.Entities.CallEntityAsync<int>(own, "addAndFail", value);
        }
        catch (EntityOperationFailedException failure) when (failure.FailureDetails.IsCausedBy<InvalidDataException>())
        {
            // As it was before.
        }

        return await context.Entities.CallEntityAsync<int>(own, "add", 1);
    }

    // Everybody uses these, but the difference that a critical section sees is its own.
    private static async Task<long> SharedEntitiesAsync(TaskOrchestrationContext context, Random random, int value)
    {
        EntityInstanceId[] ids = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new EntityInstanceId("Cell", $"shared{random.Next(4)}")).Distinct()];
        await using (await context.Entities.LockEntitiesAsync(ids))
        {
            var before = (await Task.WhenAll(ids.Select(id => context.Entities.CallEntityAsync<int>(id, "get")))).Sum(number => (long)number);
            await Task.WhenAll(ids.Select(id => context.Entities.CallEntityAsync<int>(id, "add", value)));
            return (await Task.WhenAll(ids.Select(id => context.Entities.CallEntityAsync<int>(id, "get")))).Sum(number => (long)number) - before;
        }
    }

    private static async Task<long> RaceAsync(TaskOrchestrationContext context, int value)
    {
        using var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
        var work = context.CallActivityAsync<int>("Double", value);
        await Task.WhenAny(timer, work);
        stop.Cancel();
        return await work;
    }
}
