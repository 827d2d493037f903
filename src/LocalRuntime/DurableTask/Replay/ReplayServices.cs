using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What replay needs of the engine.</summary>
internal sealed record ReplayServices(IDurableInvoker Invoker, DataConverter Converter, ILoggerFactory LoggerFactory, int MaxPayloadBytes, string DefaultVersion)
{
    /// <summary>A payload from its own table, by its key.</summary>
    public required Func<long, string> ReadPayload { get; init; }

    public IReadOnlyDictionary<string, object?> Properties { get; init; } = new Dictionary<string, object?>();

    public string? Data(HistoryEvent line) => line.Payload == 0 ? line.Data : ReadPayload(line.Payload);

    /// <exception cref="PayloadTooLargeException">The text is longer than the engine stores.</exception>
    public string? Serialize(object? value, string what)
    {
        var data = Converter.Serialize(value);
        if (data is not null && data.Length > MaxPayloadBytes / 4 && Encoding.UTF8.GetByteCount(data) > MaxPayloadBytes)
        {
            throw new PayloadTooLargeException(
                $"{what} has {Encoding.UTF8.GetByteCount(data)} bytes; at most {MaxPayloadBytes} are kept in history. Store it and pass its id.");
        }

        return data;
    }
}
