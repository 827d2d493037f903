using Microsoft.Extensions.Logging;

namespace Nightwatch.Adapters.Sqlite;

internal static partial class SqliteLog
{
    [LoggerMessage(LogLevel.Error, "Document '{id}' of {kind} in partition '{partition}' cannot be read and is left out of lists; it stays stored as it is.")]
    public static partial void Unreadable(ILogger logger, Exception failure, string kind, string partition, string id);
}
