using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Runs activities, a bounded number at once. An answer goes straight to the instance's next turn, whose commit removes the activity.</summary>
internal sealed class ActivityRunner(EngineState state)
{
    private readonly Channel<ActivityWork> queue = Channel.CreateUnbounded<ActivityWork>();
    private readonly List<Task> loops = [];
    private readonly int capacity = state.Options.MaxConcurrentActivities * 8;
    private readonly ConcurrentDictionary<long, long> inHand = new();
    private int mayBeMore;
    private int claiming;

    /// <summary>How many more activities this process takes for itself.</summary>
    public int Room => Math.Max(0, capacity - inHand.Count);

    /// <summary>The last look for activities that nobody has.</summary>
    public Task Claiming { get; private set; } = Task.CompletedTask;

    /// <summary>True while this process has the activity queued or running.</summary>
    public bool Has(long key, long execution) => inHand.TryGetValue(key, out var known) && known == execution;

    public void Start()
    {
        for (var i = 0; i < state.Options.MaxConcurrentActivities; i++)
        {
            loops.Add(Task.Run(LoopAsync));
        }
    }

    public Task StoppedAsync() => Task.WhenAll(loops);

    public void Add(IReadOnlyList<ActivityWork> work, bool leftSome)
    {
        foreach (var item in work)
        {
            inHand[item.Key] = item.Execution;
            queue.Writer.TryWrite(item);
        }

        if (leftSome)
        {
            Volatile.Write(ref mayBeMore, 1);
            ClaimIfIdle();
        }
    }

    /// <summary>Forgets what waits: another worker has it now.</summary>
    public void Clear()
    {
        while (queue.Reader.TryRead(out var work))
        {
            inHand.TryRemove(work.Key, out _);
        }
    }

    /// <summary>Runs one activity, when one waits; a simulation calls it in place of the loops. False when none waits.</summary>
    public async Task<bool> StepAsync()
    {
        if (!queue.Reader.TryRead(out var work))
        {
            return false;
        }

        await AnswerAsync(work).ConfigureAwait(false);
        return true;
    }

    private async Task LoopAsync()
    {
        try
        {
            await foreach (var work in queue.Reader.ReadAllAsync(state.Draining.Token).ConfigureAwait(false))
            {
                await AnswerAsync(work).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    private async Task AnswerAsync(ActivityWork work)
    {
        try
        {
            if (await RunAsync(work).ConfigureAwait(false) is { } line)
            {
                state.Slots.Wake(work.Instance, new ActivityAnswer(work.Key, work.Execution, line));
            }
        }
        finally
        {
            inHand.TryRemove(new KeyValuePair<long, long>(work.Key, work.Execution));
        }

        ClaimIfIdle();
    }

    private async Task<HistoryEvent?> RunAsync(ActivityWork work)
    {
        if (work.Tries > state.Options.MaxTakeovers)
        {
            return Failed(work, "ActivityGivenUp", $"{work.Tries} processes died while they had activity '{work.Name}' in hand.");
        }

        var isHttp = work.Name == DurableHttpCall.ActivityName;
        if (!isHttp && !state.Invoker.HasActivity(work.Name))
        {
            return Failed(work, "ActivityTaskNotFound", $"There is no activity function named '{work.Name}'.");
        }

        try
        {
            var (found, input) = work.IsInputStored ? state.Store.ActivityInput(work) : (true, work.Input);
            if (!found)
            {
                return null;
            }

            var context = new ActivityContext(work.Name, work.InstanceId, work.Version);
            var result = isHttp
                ? await state.Http.RunAsync(input, state.Aborting.Token).ConfigureAwait(false)
                : await state.Invoker.RunActivityAsync(work.Name, context, input, state.Aborting.Token).ConfigureAwait(false);
            return new HistoryEvent(HistoryKind.TaskCompleted)
            {
                Task = work.Task,
                Data = state.Replay.Serialize(result, $"The result of activity '{work.Name}'"),
            };
        }
        catch (OperationCanceledException) when (state.Aborting.IsCancellationRequested)
        {
            return null;
        }
        catch (PayloadTooLargeException failure)
        {
            return Failed(work, failure.GetType().ToString(), failure.Message);
        }
        catch (Exception failure)
        {
            EngineLog.ActivityFailed(state.Log, failure, work.Name, work.InstanceId);
            return new HistoryEvent(HistoryKind.TaskFailed) { Task = work.Task, Failure = FailureText.Bound(TaskFailureDetails.FromException(failure)) };
        }
    }

    private static HistoryEvent Failed(ActivityWork work, string type, string message) => new(HistoryKind.TaskFailed)
    {
        Task = work.Task,
        Failure = new TaskFailureDetails(type, message, null, null, null),
        Flag = true,
    };

    private void ClaimIfIdle()
    {
        if (Volatile.Read(ref mayBeMore) == 1 && Room > capacity / 2 && Interlocked.Exchange(ref claiming, 1) == 0)
        {
            Claiming = ClaimAsync();
        }
    }

    /// <summary>Takes activities that nobody has.</summary>
    public async Task ClaimAsync()
    {
        try
        {
            Volatile.Write(ref mayBeMore, 0);
            var (worker, room) = (state.Worker, Room);
            if (room == 0 || worker == 0)
            {
                return;
            }

            var found = await state.Store.WriteAsync(session => WorkClaims.IsAlive(session, worker) ? WorkClaims.ClaimActivities(session, worker, room) : []).ConfigureAwait(false);
            Volatile.Write(ref claiming, 0);
            Add(found, found.Count == room);
        }
        catch (Exception failure) when (!state.Stopping.IsCancellationRequested)
        {
            EngineLog.WriteFailed(state.Log, failure);
            state.AskForAudit();
        }
        finally
        {
            Volatile.Write(ref claiming, 0);
        }
    }

    private sealed class ActivityContext(string name, string instanceId, string version) : TaskActivityContext
    {
        public override TaskName Name => name;

        public override string InstanceId => instanceId;

        public override string Version => version;
    }
}
