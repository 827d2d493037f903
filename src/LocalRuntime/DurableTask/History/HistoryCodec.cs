using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.DurableTask;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// History as the file keeps it: one UTF-8 JSON array per turn, of objects with short keys (k kind, i task, n name, s target instance, d data,
/// p payload's key, t ticks, f failure, x flag). Readable by eye and by SQLite's JSON functions.
/// </summary>
internal static class HistoryCodec
{
    private const int MaxFailureDepth = 20;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(IReadOnlyList<HistoryEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartArray();
        foreach (var line in events)
        {
            WriteEvent(writer, line);
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="HistoryUnreadableException">The bytes are not a history.</exception>
    public static void Read(ReadOnlySpan<byte> json, List<HistoryEvent> into)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            Expect(ref reader, JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                into.Add(ReadEvent(ref reader));
            }

            if (reader.TokenType != JsonTokenType.EndArray)
            {
                throw new HistoryUnreadableException("A turn of the history ends too early.");
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new HistoryUnreadableException("A turn of the history is not readable: " + failure.Message, failure);
        }
    }

    public static string WriteFailure(TaskFailureDetails failure)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        WriteFailure(writer, failure, 0);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static TaskFailureDetails ReadFailure(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        Expect(ref reader, JsonTokenType.StartObject);
        return ReadFailure(ref reader);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
        {
            throw new HistoryUnreadableException($"The history has {reader.TokenType} where {token} belongs.");
        }
    }

    private static void WriteEvent(Utf8JsonWriter writer, HistoryEvent line)
    {
        writer.WriteStartObject();
        writer.WriteNumber("k"u8, (int)line.Kind);
        if (line.Task >= 0)
        {
            writer.WriteNumber("i"u8, line.Task);
        }

        WriteText(writer, "n"u8, line.Name);
        WriteText(writer, "s"u8, line.Target);
        WriteText(writer, "d"u8, line.Data);
        if (line.Payload != 0)
        {
            writer.WriteNumber("p"u8, line.Payload);
        }

        if (line.Ticks != 0)
        {
            writer.WriteNumber("t"u8, line.Ticks);
        }

        if (line.Failure is not null)
        {
            writer.WritePropertyName("f"u8);
            WriteFailure(writer, line.Failure, 0);
        }

        if (line.Flag)
        {
            writer.WriteBoolean("x"u8, true);
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> key, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(key, value);
        }
    }

    private static void WriteFailure(Utf8JsonWriter writer, TaskFailureDetails failure, int depth)
    {
        writer.WriteStartObject();
        WriteText(writer, "type"u8, failure.ErrorType);
        WriteText(writer, "message"u8, failure.ErrorMessage);
        WriteText(writer, "stack"u8, failure.StackTrace);
        if (failure.InnerFailure is not null && depth < MaxFailureDepth)
        {
            writer.WritePropertyName("inner"u8);
            WriteFailure(writer, failure.InnerFailure, depth + 1);
        }

        writer.WriteEndObject();
    }

    // Damaged bytes can give an empty name.
    private static byte KeyOf(ref Utf8JsonReader reader) => reader.ValueSpan.IsEmpty ? (byte)0 : reader.ValueSpan[0];

    private static HistoryEvent ReadEvent(ref Utf8JsonReader reader)
    {
        var (kind, task, payload, ticks, flag) = (HistoryKind.TurnStarted, -1, 0L, 0L, false);
        string? name = null, target = null, data = null;
        TaskFailureDetails? failure = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyOf(ref reader);
            reader.Read();
            switch (key)
            {
                case (byte)'k': kind = (HistoryKind)reader.GetInt32(); break;
                case (byte)'i': task = reader.GetInt32(); break;
                case (byte)'n': name = reader.GetString(); break;
                case (byte)'s': target = reader.GetString(); break;
                case (byte)'d': data = reader.GetString(); break;
                case (byte)'p': payload = reader.GetInt64(); break;
                case (byte)'t': ticks = reader.GetInt64(); break;
                case (byte)'f': failure = ReadFailure(ref reader); break;
                case (byte)'x': flag = reader.GetBoolean(); break;
                default: reader.Skip(); break;
            }
        }

        return new HistoryEvent(kind) { Task = task, Name = name, Target = target, Data = data, Payload = payload, Ticks = ticks, Failure = failure, Flag = flag };
    }

    private static TaskFailureDetails ReadFailure(ref Utf8JsonReader reader)
    {
        string type = "", message = "";
        string? stack = null;
        TaskFailureDetails? inner = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyOf(ref reader);
            reader.Read();
            switch (key)
            {
                case (byte)'t': type = reader.GetString() ?? ""; break;
                case (byte)'m': message = reader.GetString() ?? ""; break;
                case (byte)'s': stack = reader.GetString(); break;
                case (byte)'i': inner = ReadFailure(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        return new TaskFailureDetails(type, message, stack, inner, null);
    }
}
