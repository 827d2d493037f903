using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Settings of the durable engine. The host fills them from host.json (extensions.durableTask) and configuration (LocalRuntime:State).</summary>
internal sealed record DurableEngineOptions
{
    /// <summary>The SQLite file; its folder is made when missing.</summary>
    public string Path { get; set; } = ".nightwatch/state/durable.db";

    /// <summary>Activities that run at once in this process (maxConcurrentActivityFunctions).</summary>
    public int MaxConcurrentActivities { get; set; } = 16;

    /// <summary>Orchestrators that run at once in this process (maxConcurrentOrchestratorFunctions).</summary>
    public int MaxConcurrentOrchestrators { get; set; } = 16;

    /// <summary>Entities whose code runs at once in this process (maxConcurrentEntityFunctions).</summary>
    public int MaxConcurrentEntities { get; set; } = 64;

    /// <summary>Operations that one invocation of an entity function runs at most (maxEntityOperationBatchSize).</summary>
    public int MaxEntityBatch { get; set; } = 250;

    /// <summary>Keep running orchestrators in memory between turns in place of replaying each turn (extendedSessionsEnabled; off as in Azure).</summary>
    public bool ExtendedSessions { get; set; }

    /// <summary>Instances whose history stays in memory between turns.</summary>
    public int MaxCachedInstances { get; set; } = 1_000;

    /// <summary>Lines of history that stay in memory over all instances; a line counts once more for every 256 units of its payload.</summary>
    public int MaxCachedEvents { get; set; } = 200_000;

    /// <summary>The largest serialised input, output or event, in UTF-8 bytes.</summary>
    public int MaxPayloadBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>An execution with a longer history fails; ContinueAsNew starts a new one.</summary>
    public int MaxHistoryEvents { get; set; } = 100_000;

    /// <summary>After how long without a sign of life another process takes over this one's work.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the file is looked at for work of other processes.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a stop waits for running activities.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a turn that the engine cannot play is tried before its instance is set aside.</summary>
    public int MaxTurnTries { get; set; } = 3;

    /// <summary>Half the wait before a turn that was not stored is tried again; it doubles with each try, up to five seconds.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often the process may die with an activity or instance in hand before that is set aside.</summary>
    public int MaxTakeovers { get; set; } = 20;

    /// <summary>The version that new instances get when none is given (defaultVersion).</summary>
    public string DefaultVersion { get; set; } = "";

    public VersionMatch VersionMatch { get; set; } = VersionMatch.CurrentOrOlder;

    public VersionFailure VersionFailure { get; set; } = VersionFailure.Reject;

    /// <summary>The wait between polls of a durable HTTP call whose answers name none (httpSettings.defaultAsyncRequestSleepTimeMilliseconds).</summary>
    public TimeSpan HttpPollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gives the client of a durable HTTP call; without it such calls fail.</summary>
    public Func<HttpClient>? HttpClients { get; set; }

    public DataConverter Converter { get; set; } = JsonDataConverter.Default;

    /// <summary>The clock of orchestrations and timers.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The clock of leases: never a simulated one where processes share a file.</summary>
    public TimeProvider LeaseTime { get; set; } = TimeProvider.System;

    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Called around each commit; what it throws strikes the engine as a crash would. For tests.</summary>
    public Action<CommitPoint>? Faults { get; set; }
}
