using System.Runtime.ExceptionServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>The context that orchestrators get: each call becomes a numbered action, answered from history.</summary>
internal sealed class OrchestratorContext(OrchestrationIdentity identity, ReplayServices services, OrchestratorPump pump) : TaskOrchestrationContext
{
    private readonly Dictionary<int, OpenCall> open = [];
    private readonly SortedDictionary<int, PendingAction> unmatched = [];
    private readonly List<int> cancelledTimers = [];
    private OrchestratorEntities? entities;
    private EventBuffer? events;
    private Exception? unreadable;
    private object? customStatus;
    private int nextTask;
    private int nextGuid;

    public override TaskName Name => identity.Name;

    public override string InstanceId => identity.InstanceId;

    public override ParentOrchestrationInstance? Parent => identity.Parent;

    public override string Version => identity.Version;

    public override bool IsReplaying => Replaying;

    public override DateTime CurrentUtcDateTime => new(Ticks, DateTimeKind.Utc);

    public override TaskOrchestrationEntityFeature Entities => entities ??= new OrchestratorEntities(this, services);

    public bool Replaying { get; set; }

    public long Ticks { get; set; }

    /// <summary>The line that started the run, with its input.</summary>
    public HistoryEvent? Started { get; set; }

    public EventBuffer Events => events ??= new(Read);

    public override IReadOnlyDictionary<string, object?> Properties => services.Properties;

    public NextRun? NextRun { get; private set; }

    /// <summary>Grows with each thing the code asked for; says whether a delivery made it go on.</summary>
    public int Asked { get; private set; }

    public bool HasOpenCalls => open.Count > 0;

    public IReadOnlyDictionary<int, OpenCall> OpenCalls => open;

    /// <summary>Actions that history has not confirmed yet: at the end of history, the new ones.</summary>
    public SortedDictionary<int, PendingAction> Unmatched => unmatched;

    public List<int> CancelledTimers => cancelledTimers;

    protected override ILoggerFactory LoggerFactory => services.LoggerFactory;

    public override T? GetInput<T>()
        where T : default => services.Converter.Deserialize<T>(Started is null ? null : Read(Started));

    public override Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) => CallActivityAsync(name, input, options, true);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Result<TResult>(await CallActivityAsync(name, input, options, false).ConfigureAwait(true));

    private async Task<string?> CallActivityAsync(TaskName name, object? input, TaskOptions? options, bool isUnread)
    {
        RefuseMisplacedOptions(input, options);
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        var data = services.Serialize(input, $"The input of activity '{name}'");
        var version = options?.Version?.Version ?? identity.Version;
        try
        {
            return await RetryLoop.RunAsync(this, options?.Retry, () => Call(new PendingAction(
                new HistoryEvent(HistoryKind.TaskScheduled) { Name = name.Name })
            { Input = data, Version = version, IsUnread = isUnread })).ConfigureAwait(true);
        }
        catch (TaskAttemptFailedException failure)
        {
            throw new TaskFailedException(name.Name, failure.TaskId, failure);
        }
    }

    public override Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallSubOrchestratorAsync(orchestratorName, input, options, true);

    public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        Result<TResult>(await CallSubOrchestratorAsync(orchestratorName, input, options, false).ConfigureAwait(true));

    private async Task<string?> CallSubOrchestratorAsync(TaskName orchestratorName, object? input, TaskOptions? options, bool isUnread)
    {
        RefuseMisplacedOptions(input, options);
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        entities?.RefuseSubOrchestration();
        Verify();
        var data = services.Serialize(input, $"The input of sub-orchestration '{orchestratorName}'");
        var instanceId = options is SubOrchestrationOptions { InstanceId.Length: > 0 } given ? given.InstanceId : NewGuid().ToString("N");
        EntityIds.RefuseForOrchestration(instanceId);
        var version = options?.Version?.Version ?? services.DefaultVersion;
        try
        {
            return await RetryLoop.RunAsync(this, options?.Retry, () => Call(new PendingAction(
                new HistoryEvent(HistoryKind.SubScheduled) { Name = orchestratorName.Name, Target = instanceId })
            {
                Input = data,
                Version = version,
                Tags = options?.Tags,
                IsUnread = isUnread,
            })).ConfigureAwait(true);
        }
        catch (TaskAttemptFailedException failure)
        {
            throw new TaskFailedException(orchestratorName.Name, failure.TaskId, failure.Details);
        }
    }

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var action = new PendingAction(DurableTask.CancelledTimers.Created(fireAt.ToUniversalTime().Ticks));
        var fired = Call(action, out var call);
        using var registration = cancellationToken.CanBeCanceled ? cancellationToken.Register(() => Cancel(call, cancellationToken)) : default;
        await fired.ConfigureAwait(true);
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Verify();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        Asked++;
        var waiter = new EventWaiter<T>(services.Converter);
        Events.Wait(eventName, waiter);
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.Register(() => waiter.Cancel(pump, cancellationToken));
        }

        return waiter.Arrival;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        Verify();
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        EntityIds.RefuseForOrchestration(instanceId);
        var line = new HistoryEvent(HistoryKind.EventSent) { Name = eventName, Target = instanceId };
        Tell(new PendingAction(line) { Input = services.Serialize(payload, $"The payload of event '{eventName}'") });
    }

    /// <summary>Notes an action that nothing answers.</summary>
    public void Tell(PendingAction action)
    {
        Verify();
        Asked++;
        var task = nextTask++;
        unmatched.Add(task, action with { Line = action.Line with { Task = task } });
    }

    public bool HasSetCustomStatus { get; private set; }

    public override void SetCustomStatus(object? customStatus)
    {
        this.customStatus = customStatus;
        HasSetCustomStatus = true;
    }

    public string? SerializeCustomStatus() => services.Serialize(customStatus, "The custom status");

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Verify();
        Asked++;
        // Read now: what the code does to the object afterwards is not the next run's.
        NextRun = new NextRun(
            services.Serialize(options.NewInput, "The input of the next run"),
            string.IsNullOrWhiteSpace(options.NewVersion) ? null : options.NewVersion,
            options.PreserveUnprocessedEvents);
        Events.PassBy();
    }

    public override Guid NewGuid()
    {
        Verify();
        return DeterministicGuid.Create(InstanceId, Ticks, nextGuid++);
    }

    /// <summary>Says what went wrong when a payload that the code asked for could not be read; the code must not go on as if that were its own failure.</summary>
    public void ThrowIfUnreadable()
    {
        if (unreadable is not null)
        {
            ExceptionDispatchInfo.Throw(unreadable);
        }
    }

    /// <summary>Takes a call out of the open ones; null when it is not (or no longer) open, as with a duplicate.</summary>
    public OpenCall? Close(int task) => open.Remove(task, out var call) ? call : null;

    private static void RefuseMisplacedOptions(object? input, TaskOptions? options)
    {
        if (input is TaskOptions && options is null)
        {
            throw new ArgumentException("The input is a TaskOptions and there are no options: pass it as the options parameter.", nameof(input));
        }
    }

    /// <summary>Notes an action whose answer is awaited.</summary>
    public Task<string?> Call(PendingAction action) => Call(action, out _);

    private Task<string?> Call(PendingAction action, out OpenCall call)
    {
        Verify();
        Asked++;
        var task = nextTask++;
        call = new OpenCall(action.Line with { Task = task }, action.IsUnread);
        open.Add(task, call);
        unmatched.Add(task, action with { Line = call.Line });
        return call.Answer.Task;
    }

    private void Cancel(OpenCall call, CancellationToken cancellationToken)
    {
        if (!pump.IsCurrentThread)
        {
            pump.Post(_ => Cancel(call, cancellationToken), null);
        }
        else if (open.Remove(call.Line.Task))
        {
            cancelledTimers.Add(call.Line.Task);
            call.Answer.TrySetCanceled(cancellationToken);
        }
    }

    private string? Read(HistoryEvent line)
    {
        try
        {
            return services.Data(line);
        }
        catch (Exception failure)
        {
            unreadable ??= failure;
            throw;
        }
    }

    private TResult Result<TResult>(string? data) => services.Converter.Deserialize<TResult>(data)!;

    private void Verify()
    {
        if (!pump.IsCurrentThread || pump.HadForeignWork)
        {
            throw new InvalidOperationException(IllegalAwait.Message(identity.Name));
        }
    }
}

/// <summary>A call whose answer is awaited.</summary>
internal sealed class OpenCall(HistoryEvent line, bool isUnread)
{
    /// <summary>True when nobody looks at the result: then it is not fetched.</summary>
    public bool IsUnread { get; } = isUnread;

    public HistoryEvent Line { get; } = line;

    public TaskCompletionSource<string?> Answer { get; } = new();
}
