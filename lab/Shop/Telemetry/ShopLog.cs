using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nightwatch.Shop.Telemetry;

/// <summary>One JSON object a line: ts, level, service, version, trace_id, message and further fields. The file turns over at 8 MiB and one old one is kept.</summary>
internal sealed class ShopLog(string service, string version, string? path)
{
    private const long MaxBytes = 8 << 20;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock gate = new();
    private StreamWriter? writer;

    public void Info(string? traceId, string message, params (string Name, object? Value)[] fields) => Write("info", traceId, message, fields);

    public void Warn(string? traceId, string message, params (string Name, object? Value)[] fields) => Write("warn", traceId, message, fields);

    public void Error(string? traceId, string message, params (string Name, object? Value)[] fields) => Write("error", traceId, message, fields);

    private void Write(string level, string? traceId, string message, (string Name, object? Value)[] fields)
    {
        if (path is null)
        {
            return;
        }

        var entry = new Dictionary<string, object?>
        {
            ["ts"] = DateTimeOffset.UtcNow.ToString("O"),
            ["level"] = level,
            ["service"] = service,
            ["version"] = version,
            ["trace_id"] = traceId,
            ["message"] = message,
        };
        foreach (var (name, value) in fields)
        {
            entry[name] = value;
        }

        var line = JsonSerializer.Serialize(entry, Json);
        lock (gate)
        {
            Writer().WriteLine(line);
        }
    }

    private StreamWriter Writer()
    {
        if (writer is { BaseStream.Position: > MaxBytes })
        {
            writer.Dispose();
            writer = null;
            File.Move(path!, path + ".1", overwrite: true);
        }

        return writer ??= new StreamWriter(new FileStream(path!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true, NewLine = "\n" };
    }
}
