using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// The client over the engine's file. Where the official one reports a host's error as a gRPC exception, this one throws what the host throws inside:
/// ArgumentException for an unknown instance, InvalidOperationException for one that has ended or an id that is taken.
/// </summary>
internal sealed class LocalDurableTaskClient(EngineState state, Func<Task> created) : DurableTaskClient("local")
{
    private static readonly OrchestrationRuntimeStatus[] NotReplaced =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    private readonly InstanceQueries queries = new(state.Store, state.Options.Converter);

    public override DurableEntityClient Entities { get; } = new LocalEntityClient(state, created, "local");

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        if (!state.Invoker.HasOrchestrator(orchestratorName.Name))
        {
            throw new ArgumentException($"There is no orchestrator function named '{orchestratorName.Name}'.", nameof(orchestratorName));
        }

        var instance = state.Replay.NewInstance(orchestratorName, input, options);
        var refusing = options?.DedupeStatuses is { } names ? names.Select(ParseStatus).ToArray() : NotReplaced;
        await CreateAsync(instance, refusing).ConfigureAwait(false);
        return instance.Id;
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var data = state.Replay.Serialize(eventPayload, $"The payload of event '{eventName}'");
        return SendAsync(instanceId, new HistoryEvent(HistoryKind.EventRaised) { Name = eventName, Data = data }, cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = state.Replay.Serialize(options?.Output, "The output");
        return SendAsync(instanceId, new HistoryEvent(HistoryKind.Terminated) { Data = output, Flag = options?.Recursive ?? false }, cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new HistoryEvent(HistoryKind.Suspended) { Data = reason }, cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new HistoryEvent(HistoryKind.Resumed) { Data = reason }, cancellation);

    public override async Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        return queries.Get(instanceId, getInputsAndOutputs);
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, record => record.Status != OrchestrationRuntimeStatus.Pending, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, record => record.Completed is not null, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        Pageable.Create<OrchestrationMetadata>(async (token, pageSize, cancellation) =>
        {
            cancellation.ThrowIfCancellationRequested();
            await created().ConfigureAwait(false);
            var query = filter ?? new OrchestrationQuery();
            return queries.List(query, token ?? query.ContinuationToken, pageSize ?? query.PageSize);
        });

    public override async Task<Page<string>> ListInstanceIdsAsync(
        IEnumerable<OrchestrationRuntimeStatus>? runtimeStatus = null,
        DateTimeOffset? completedTimeFrom = null,
        DateTimeOffset? completedTimeTo = null,
        int pageSize = OrchestrationQuery.DefaultPageSize,
        string? lastInstanceKey = null,
        CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        return queries.ListIds(runtimeStatus, completedTimeFrom, completedTimeTo, pageSize, lastInstanceKey);
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        return new PurgeResult(await Purge.OneAsync(state.Store, instanceId, options?.Recursive ?? false).ConfigureAwait(false), true);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await created().ConfigureAwait(false);
        return await Purge.AllAsync(state.Store, state.Options.Time, filter, options?.Recursive ?? false, cancellation).ConfigureAwait(false);
    }

    public override async Task<string> RestartAsync(string instanceId, bool restartWithNewInstanceId = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        var record = state.Store.Load(instanceId) ?? throw NotFound(instanceId);
        if (record.Completed is null && !restartWithNewInstanceId)
        {
            throw new InvalidOperationException($"An orchestration with the instanceId {instanceId} cannot be restarted: it is {record.Status}.");
        }

        var input = state.Store.Data(state.Store.LoadHistory(record.Key, 1)[0]);
        var id = restartWithNewInstanceId ? Guid.NewGuid().ToString("N") : instanceId;
        await CreateAsync(new NewInstance(id, record.Name, record.Version, input, record.Tags, null, null), NotReplaced).ConfigureAwait(false);
        return id;
    }

    public override async Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        var rewind = new Rewind(FailureText.Cut(reason ?? ""), state.Now, state.WorkerOrNone);
        var woken = await state.Store.WriteAsync(session =>
        {
            var record = InstanceRecord.Load(session, instanceId) ?? throw NotFound(instanceId);
            return record.Status == OrchestrationRuntimeStatus.Failed
                ? rewind.Run(session, record)
                : throw new InvalidOperationException($"Instance '{instanceId}' is {record.Status}; only a failed one can be rewound.");
        }).ConfigureAwait(false);
        state.Dispatch(woken);
        state.Signals.Changed(instanceId);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ArgumentException Unknown(string instanceId) => new($"No instance with ID '{instanceId}' was found.", nameof(instanceId));

    private static ArgumentException NotFound(string instanceId) =>
        new($"An orchestration with the instanceId {instanceId} was not found.", nameof(instanceId));

    private static OrchestrationRuntimeStatus ParseStatus(string name) => Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status)
        ? status
        : throw new ArgumentException($"'{name}' is no status of an orchestration.", nameof(name));

    private async Task CreateAsync(NewInstance instance, OrchestrationRuntimeStatus[] refusing)
    {
        await created().ConfigureAwait(false);
        var (worker, now) = (state.WorkerOrNone, state.Now);
        var woken = await state.WriteForClientAsync(session =>
        {
            if (InstanceWriter.Find(session, instance.Id) is { } existing)
            {
                if (refusing.Contains(existing.Status))
                {
                    throw new OrchestrationAlreadyExistsException($"An Orchestration instance with the ID {instance.Id} already exists.");
                }

                InstanceWriter.Delete(session, existing.Key);
            }

            var woken = new Woken();
            InstanceWriter.Create(session, instance, now, worker, woken);
            return woken;
        }).ConfigureAwait(false);
        state.Dispatch(woken);
        state.Signals.Changed(instance.Id);
    }

    private async Task SendAsync(string instanceId, HistoryEvent line, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        var worker = state.WorkerOrNone;
        var woken = await state.WriteForClientAsync(session =>
        {
            var target = InstanceWriter.Find(session, instanceId) ?? throw Unknown(instanceId);
            var woken = new Woken();
            return InstanceWriter.Send(session, target.Key, 0, line, worker, woken)
                ? woken
                : throw new InvalidOperationException($"Instance '{instanceId}' is in the {target.Status} state and takes no {line.Kind}.");
        }).ConfigureAwait(false);
        state.Dispatch(woken);
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId, bool payloads, Func<InstanceRecord, bool> reached, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        await created().ConfigureAwait(false);
        while (true)
        {
            // Asked for before the look, so that a change between the two is not missed.
            using var watch = state.Signals.Begin(instanceId);
            if (state.Store.Load(instanceId) is { } record && reached(record))
            {
                return queries.ToMetadata(record, payloads);
            }

            await watch.Change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }
}
