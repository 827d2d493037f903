using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.DurableTask;

internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Information, "Durable engine started as worker {Worker} on {Path}.")]
    public static partial void Started(ILogger logger, long worker, string path);

    [LoggerMessage(2, LogLevel.Information, "Durable engine stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "This worker's lease was over and its work has been taken over; it goes on as worker {Worker}.")]
    public static partial void LeaseLost(ILogger logger, long worker);

    [LoggerMessage(4, LogLevel.Warning, "Instance {InstanceId}: the turn could not be stored, it will be repeated.")]
    public static partial void TurnNotStored(ILogger logger, Exception failure, string instanceId);

    [LoggerMessage(5, LogLevel.Debug, "Instance {Key}: another turn was first ({Reason}).")]
    public static partial void TurnConflict(ILogger logger, long key, string reason);

    [LoggerMessage(6, LogLevel.Error, "Instance {InstanceId} ({Name}) is set aside: {Reason}")]
    public static partial void SetAside(ILogger logger, string instanceId, string name, string reason);

    [LoggerMessage(7, LogLevel.Error, "Instance with key {Key}: the engine could not run a turn.")]
    public static partial void TurnFailed(ILogger logger, Exception failure, long key);

    [LoggerMessage(8, LogLevel.Warning, "The durable store refused a write; it will be tried again.")]
    public static partial void WriteFailed(ILogger logger, Exception failure);

    [LoggerMessage(9, LogLevel.Information, "Orchestration {Name} {InstanceId}: {Status}.")]
    public static partial void Ended(ILogger logger, string name, string instanceId, string status);

    [LoggerMessage(10, LogLevel.Error, "Orchestration {Name} {InstanceId} failed: {Error}")]
    public static partial void Failed(ILogger logger, string name, string instanceId, string error);

    [LoggerMessage(11, LogLevel.Warning, "Activity {Name} of {InstanceId} failed.")]
    public static partial void ActivityFailed(ILogger logger, Exception failure, string name, string instanceId);

    [LoggerMessage(13, LogLevel.Information, "Instance {InstanceId} has version '{Version}', which this process does not run; it is left to another.")]
    public static partial void Left(ILogger logger, string instanceId, string version);

    [LoggerMessage(12, LogLevel.Warning, "Took over the work of a worker that gave no sign of life.")]
    public static partial void TookOver(ILogger logger);
}
