using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.Tests.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>The orchestrator that cooks a recipe, its activities, and what they count.</summary>
internal sealed class RecipeFunctions
{
    public const string Orchestrator = "Cook";
    public const string Counter = "counter";

    /// <summary>The counter that the tallies of all recipes add to.</summary>
    public static readonly EntityInstanceId Shared = new(Counter, "shared");

    private readonly ConcurrentDictionary<string, int> ran = new(StringComparer.Ordinal);

    public RecipeFunctions() => Functions = new TestFunctions()
        .Activity<Order, long>("Double", (_, order, _) => Task.FromResult(Count(order, 0) * 2L))
        .Activity<Order, long>("Fail", (_, order, _) => Task.FromException<long>(new InvalidDataException("always " + Count(order, 0))))
        .Activity<Order, long>("Flaky", (_, order, _) => Count(order, order.Value) < 0 ? throw new InvalidDataException("not yet") : Task.FromResult(7L))
        .Entity(Counter, CountAsync)
        .Orchestrator(Orchestrator, CookAsync);

    public TestFunctions Functions { get; }

    /// <summary>How often each activity call was run, by instance and step.</summary>
    public IReadOnlyDictionary<string, int> Ran => ran;

    /// <summary>Where an orchestration stands between its runs.</summary>
    public sealed record Job(Recipe Recipe, int Run, long Sum, string? Tell, string? Event);

    public sealed record Order(string Instance, int Step, int Value);

    public static string EventName(int id) => $"event-{id}";

    // Counts the run; negative until there were more than so many.
    private int Count(Order order, int fails)
    {
        var times = ran.AddOrUpdate($"{order.Instance}/{order.Step}", 1, (_, before) => before + 1);
        return fails > 0 && times <= fails ? -1 : order.Value;
    }

    private static async Task<long> CookAsync(TaskOrchestrationContext context)
    {
        var job = context.GetInput<Job>()!;
        var sum = job.Sum;
        foreach (var step in job.Recipe.Runs.Count > 0 ? job.Recipe.Runs[job.Run] : [])
        {
            sum = Recipe.Mix(sum, await StepAsync(context, step));
        }

        if (job.Run + 1 < job.Recipe.Runs.Count)
        {
            context.ContinueAsNew(job with { Run = job.Run + 1, Sum = sum });
            return 0;
        }

        if (job.Tell is not null)
        {
            context.SendEvent(job.Tell, job.Event!, sum);
        }

        return sum;
    }

    private static async Task<long> StepAsync(TaskOrchestrationContext context, Step step) => step switch
    {
        Call call => await context.CallActivityAsync<long>("Double", new Order(context.InstanceId, call.Id, call.Value)),
        Fail fail => await FailAsync(context, fail),
        Flaky flaky => await context.CallActivityAsync<long>("Flaky", new Order(context.InstanceId, flaky.Id, flaky.Times), Retry(flaky)),
        Sleep sleep => await SleepAsync(context, sleep),
        Parallel parallel => (await Task.WhenAll(parallel.Steps.Select(one => StepAsync(context, one)))).Aggregate(5L, Recipe.Mix),
        Sub sub => await SubAsync(context, sub),
        Await wait => await context.WaitForExternalEvent<long>(EventName(wait.Id)),
        Race race => await RaceAsync(context, race),
        Tally tally => await TallyAsync(context, tally),
        _ => throw new InvalidOperationException($"There is no step {step}."),
    };

    private static async Task<long> FailAsync(TaskOrchestrationContext context, Fail fail)
    {
        try
        {
            var options = fail.Attempts > 1 ? TaskOptions.FromRetryPolicy(new RetryPolicy(fail.Attempts, TimeSpan.FromMilliseconds(20), 2)) : null;
            return await context.CallActivityAsync<long>("Fail", new Order(context.InstanceId, fail.Id, 0), options);
        }
        catch (TaskFailedException failure) when (failure.FailureDetails.IsCausedBy<InvalidDataException>())
        {
            return -1;
        }
    }

    private static TaskOptions Retry(Flaky flaky) => flaky.Handler
        ? TaskOptions.FromRetryHandler(retry => retry.LastAttemptNumber <= flaky.Times)
        : TaskOptions.FromRetryPolicy(new RetryPolicy(flaky.Times + 1, TimeSpan.FromMilliseconds(10)));

    private static async Task<long> SleepAsync(TaskOrchestrationContext context, Sleep sleep)
    {
        var due = context.CurrentUtcDateTime.AddMilliseconds(sleep.Milliseconds);
        await context.CreateTimer(due, CancellationToken.None);
        return context.CurrentUtcDateTime >= due ? 3 : 1_000;
    }

    private static async Task<long> SubAsync(TaskOrchestrationContext context, Sub sub)
    {
        if (!sub.Tells)
        {
            return await context.CallSubOrchestratorAsync<long>(Orchestrator, new Job(sub.Inner, 0, 0, null, null));
        }

        var name = EventName(sub.Id);
        var result = context.CallSubOrchestratorAsync<long>(Orchestrator, new Job(sub.Inner, 0, 0, context.InstanceId, name));
        var told = context.WaitForExternalEvent<long>(name.ToUpperInvariant());
        return await told + await result;
    }

    private static async Task<long> RaceAsync(TaskOrchestrationContext context, Race race)
    {
        using var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(1), stop.Token);
        var work = context.CallActivityAsync<long>("Double", new Order(context.InstanceId, race.Id, race.Value));
        await Task.WhenAny(timer, work);
        stop.Cancel();
        return await work;
    }

    private static async Task<long> TallyAsync(TaskOrchestrationContext context, Tally tally)
    {
        var own = new EntityInstanceId(Counter, $"{context.InstanceId}-{tally.Id}");
        await context.Entities.SignalEntityAsync(own, "add", tally.Value);
        if (!tally.Locked)
        {
            await context.Entities.SignalEntityAsync(Shared, "add", tally.Value);
            return await context.Entities.CallEntityAsync<long>(own, "add", tally.Value * 2);
        }

        await using (await context.Entities.LockEntitiesAsync(own, Shared))
        {
            await context.Entities.CallEntityAsync<long>(Shared, "add", tally.Value);
            return await context.Entities.CallEntityAsync<long>(own, "add", tally.Value * 2);
        }
    }

    private static ValueTask<object?> CountAsync(TaskEntityOperation operation)
    {
        var total = operation.State.GetState<long>() + operation.GetInput<long>();
        operation.State.SetState(total);
        return new ValueTask<object?>(total);
    }
}
