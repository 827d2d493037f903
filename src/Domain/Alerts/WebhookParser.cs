using System.Text.Json;
using System.Text.Unicode;

namespace Nightwatch.Domain.Alerts;

/// <summary>A delivery taken apart: the alerts that can be stored, those that cannot, or why the whole is refused.</summary>
internal sealed record ParsedWebhook
{
    public IReadOnlyList<ParsedAlert> Alerts { get; init; } = [];

    public IReadOnlyList<RejectedAlert> Rejected { get; init; } = [];

    public IngestRefusal? Refusal { get; init; }

    public int Truncated { get; init; }

    public static ParsedWebhook Refused(int status, string? field, string message) => new() { Refusal = new IngestRefusal(status, field, message) };
}

/// <summary>Parses the bodies of Alertmanager's webhook v4, Grafana's webhook contact point, and our generic form.</summary>
internal static class WebhookParser
{
    private const int MaxDepth = 16;
    private const int MaxGroupKeyLength = 8 * 1024;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    public static ParsedWebhook Parse(AlertFormat format, ReadOnlyMemory<byte> body, IntakeOptions limits, DateTimeOffset now)
    {
        if (body.Length > limits.MaxBodyBytes)
        {
            return ParsedWebhook.Refused(
                413, null, $"The body has {body.Length} bytes; at most {limits.MaxBodyBytes} are taken. Send fewer alerts at once (Alertmanager: max_alerts).");
        }

        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        if (body.IsEmpty)
        {
            return ParsedWebhook.Refused(400, null, "The body is empty; it must be JSON.");
        }

        if (body.Span.StartsWith(Gzip))
        {
            return ParsedWebhook.Refused(415, null, "The body is compressed with gzip; send it plain.");
        }

        if (!Utf8.IsValid(body.Span))
        {
            return ParsedWebhook.Refused(400, null, "The body is not valid UTF-8.");
        }

        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return ParseRoot(format, document.RootElement, limits, now);
        }
        catch (JsonException e)
        {
            return ParsedWebhook.Refused(
                400, null, $"The body is not JSON of at most {MaxDepth} levels: line {e.LineNumber + 1}, byte {e.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            // A name outside the alerts holds half of a surrogate pair; it is only found when names are compared.
            return ParsedWebhook.Refused(400, null, "The body holds a name that is not valid Unicode (an unpaired surrogate).");
        }
    }

    private static ParsedWebhook ParseRoot(AlertFormat format, JsonElement root, IntakeOptions limits, DateTimeOffset now)
    {
        if (root.ValueKind == JsonValueKind.Array && format == AlertFormat.Generic)
        {
            return ParseAlerts(root, new AlertReader(format, limits, now, null), limits, 0);
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return ParsedWebhook.Refused(
                400, null, format == AlertFormat.Generic ? "The body must be a JSON object or an array of alerts." : "The body must be a JSON object.");
        }

        if (format == AlertFormat.Alertmanager && RefuseVersion(root) is { } refused)
        {
            return refused;
        }

        if (!root.TryGetProperty("alerts", out var alerts))
        {
            return format == AlertFormat.Generic ? ParseSingle(root, limits, now) : ParsedWebhook.Refused(400, "alerts", MissingAlerts(format, root));
        }

        if (format == AlertFormat.Generic)
        {
            // Its other fields are not ours, whatever they are called.
            return ParseAlerts(alerts, new AlertReader(format, limits, now, null), limits, 0);
        }

        var truncated = 0;
        if (root.TryGetProperty("truncatedAlerts", out var left) && left.ValueKind != JsonValueKind.Null
            && (left.ValueKind != JsonValueKind.Number || !left.TryGetInt32(out truncated) || truncated < 0))
        {
            return ParsedWebhook.Refused(400, "truncatedAlerts", "truncatedAlerts must be a whole number, 0 or more.");
        }

        if (!TryReadGroupKey(root, out var groupKey))
        {
            return ParsedWebhook.Refused(400, "groupKey", $"groupKey must be a string of at most {MaxGroupKeyLength} characters.");
        }

        return ParseAlerts(alerts, new AlertReader(format, limits, now, groupKey), limits, truncated);
    }

    private static ParsedWebhook? RefuseVersion(JsonElement root)
    {
        var version = root.TryGetProperty("version", out var given) ? given : default;
        if (version.ValueKind == JsonValueKind.String && TextOrEmpty(version) == "4")
        {
            return null;
        }

        var found = version.ValueKind switch
        {
            JsonValueKind.Undefined => "is missing",
            JsonValueKind.String => $"is \"{CleanText.Cut(CleanText.Line(TextOrEmpty(version)), 20)}\"",
            _ => "is not a string",
        };
        return ParsedWebhook.Refused(
            400,
            "version",
            $"version {found}; this address takes version \"4\" of Alertmanager's webhook (Grafana: api/alerts/grafana, own senders: api/alerts).");
    }

    private static string MissingAlerts(AlertFormat format, JsonElement root) =>
        format == AlertFormat.Grafana && root.TryGetProperty("ruleName", out _)
            ? "This is a webhook of Grafana's legacy alerting, which Grafana 11 removed; send one of unified alerting."
            : "alerts is missing; it must be an array of alerts.";

    private static bool TryReadGroupKey(JsonElement root, out string? groupKey)
    {
        groupKey = null;
        if (!root.TryGetProperty("groupKey", out var key) || key.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (key.ValueKind != JsonValueKind.String || TextOrEmpty(key) is not { Length: <= MaxGroupKeyLength } text)
        {
            return false;
        }

        groupKey = text.Length == 0 ? null : CleanText.Line(text);
        return true;
    }

    private static ParsedWebhook ParseSingle(JsonElement root, IntakeOptions limits, DateTimeOffset now)
    {
        var reader = new AlertReader(AlertFormat.Generic, limits, now, null);
        return reader.Read(root, 0) is { } alert
            ? new ParsedWebhook { Alerts = [alert] }
            : new ParsedWebhook { Rejected = [new RejectedAlert(0, reader.Field, reader.Problem)] };
    }

    private static ParsedWebhook ParseAlerts(JsonElement alerts, AlertReader reader, IntakeOptions limits, int truncated)
    {
        if (alerts.ValueKind != JsonValueKind.Array)
        {
            return ParsedWebhook.Refused(400, "alerts", "alerts must be an array.");
        }

        var count = alerts.GetArrayLength();
        if (count > limits.MaxAlerts)
        {
            return ParsedWebhook.Refused(
                413, "alerts", $"alerts holds {count} alerts; at most {limits.MaxAlerts} are taken at once (Alertmanager: max_alerts).");
        }

        var good = new List<ParsedAlert>(count);
        var bad = new List<RejectedAlert>();
        var index = 0;
        foreach (var element in alerts.EnumerateArray())
        {
            if (reader.Read(element, index) is { } alert)
            {
                good.Add(alert);
            }
            else
            {
                bad.Add(new RejectedAlert(index, reader.Field.Length == 0 ? $"alerts[{index}]" : $"alerts[{index}].{reader.Field}", reader.Problem));
            }

            index++;
        }

        return new ParsedWebhook { Alerts = good, Rejected = bad, Truncated = truncated };
    }

    // A lone surrogate is only found when the text is asked for.
    private static string TextOrEmpty(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
