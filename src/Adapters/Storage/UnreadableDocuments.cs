using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Nightwatch.Adapters.Storage;

/// <summary>Tells of stored documents that no longer read as what their kind is, each once.</summary>
internal sealed partial class UnreadableDocuments(ILogger logger)
{
    /// <summary>A store full of them says no more after so many.</summary>
    private const int MaxReported = 1_000;

    private readonly ConcurrentDictionary<(string, string, string), byte> reported = new();

    /// <summary>Whether a failure of reading says that the document is wrong, rather than the program.</summary>
    public static bool IsOfTheDocument(Exception failure) =>
        failure is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException or InvalidCastException;

    public void Report(string kind, string partitionKey, string id, Exception failure)
    {
        if (reported.Count < MaxReported && reported.TryAdd((kind, partitionKey, id), 0))
        {
            LogUnreadable(logger, failure, kind, partitionKey, id);
        }
    }

    [LoggerMessage(LogLevel.Error, "Document '{id}' of {kind} in partition '{partition}' cannot be read and is left out of lists; it stays stored as it is.")]
    private static partial void LogUnreadable(ILogger logger, Exception failure, string kind, string partition, string id);
}
