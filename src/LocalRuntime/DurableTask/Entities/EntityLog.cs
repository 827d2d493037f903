using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.DurableTask;

internal static partial class EntityLog
{
    [LoggerMessage(40, LogLevel.Warning, "Operation {Operation} of entity {EntityId} failed: {Error}")]
    public static partial void OperationFailed(ILogger logger, string operation, string entityId, string error);

    [LoggerMessage(41, LogLevel.Error, "The function of entity {EntityId} failed; so did its {Count} operations.")]
    public static partial void FunctionFailed(ILogger logger, Exception failure, string entityId, int count);
}
