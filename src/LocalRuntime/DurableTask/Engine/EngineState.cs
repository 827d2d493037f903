using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What the parts of one engine share.</summary>
internal sealed class EngineState(DurableEngineOptions options, DurableStore store, IDurableInvoker invoker)
{
    private long worker;
    private int needsAudit;

    public DurableEngineOptions Options { get; } = options;

    public DurableStore Store { get; } = store;

    public IDurableInvoker Invoker { get; } = invoker;

    public ReplayServices Replay { get; } = new(invoker, options.Converter, options.LoggerFactory, options.MaxPayloadBytes, options.DefaultVersion)
    {
        ReadPayload = store.Payload,
        Properties = new Dictionary<string, object?> { [DurableHttpCall.PollIntervalProperty] = options.HttpPollInterval.TotalMilliseconds },
    };

    public VersionGate Versions { get; } = new(options);

    public DurableHttpActivity Http { get; } = new(options);

    public InstanceSlots Slots { get; } = new(options.MaxCachedInstances, options.MaxCachedEvents);

    public ChangeSignals Signals { get; } = new();

    public ILogger Log { get; } = options.LoggerFactory.CreateLogger("Nightwatch.LocalRuntime.DurableTask");

    /// <summary>This engine's id and lease token; 0 before it starts and after it stops.</summary>
    public long Worker
    {
        get => Interlocked.Read(ref worker);
        set => Interlocked.Exchange(ref worker, value);
    }

    public long? WorkerOrNone => Worker is var id && id == 0 ? null : id;

    /// <summary>Cancelled first: no new activity starts.</summary>
    public CancellationTokenSource Draining { get; } = new();

    /// <summary>Cancelled next: running activities are asked to end.</summary>
    public CancellationTokenSource Aborting { get; } = new();

    /// <summary>Cancelled last: no turn starts any more.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    public long Now => Options.Time.GetUtcNow().UtcTicks;

    public long LeaseNow => Options.LeaseTime.GetUtcNow().UtcTicks;

    /// <summary>Called with what a commit woke.</summary>
    public Action<Woken> Dispatch { get; set; } = _ => { };

    /// <summary>Writes for a client. Whom a failed write has woken, if it counted after all, the next look finds.</summary>
    public async Task<TResult> WriteForClientAsync<TResult>(Func<SqliteSession, TResult> job)
    {
        try
        {
            return await Store.WriteAsync(job).ConfigureAwait(false);
        }
        catch (SqliteException)
        {
            AskForAudit();
            throw;
        }
    }

    /// <summary>After a failed write nobody knows whether it counted: what the file says is ours is looked up again.</summary>
    public void AskForAudit() => Interlocked.Exchange(ref needsAudit, 1);

    public bool TakeAuditRequest() => Interlocked.Exchange(ref needsAudit, 0) == 1;
}
