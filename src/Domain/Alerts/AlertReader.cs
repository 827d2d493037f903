using System.Globalization;
using System.Text.Json;

namespace Nightwatch.Domain.Alerts;

/// <summary>An alert as read from a delivery, before an episode is found for it.</summary>
/// <param name="StartsAtGiven">False when a generic alert left it out; <see cref="Alert.StartsAt"/> is then the time of receipt.</param>
/// <param name="EndsAtGiven">False when a resolved alert left it out; <see cref="Alert.EndsAt"/> is then the time of receipt.</param>
internal sealed record ParsedAlert(int Index, Alert Alert, bool StartsAtGiven, bool EndsAtGiven);

/// <summary>Reads one alert of a delivery: a validated, bounded <see cref="Alert"/>, or the first problem with the path of its field.</summary>
internal sealed partial class AlertReader(AlertFormat format, IntakeOptions limits, DateTimeOffset now, string? groupKey)
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ZeroTimeLimit = new(2, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private AlertStatus? status;
    private Dictionary<string, string> labels = [];
    private Dictionary<string, string> annotations = [];
    private int labelRoom;
    private int annotationRoom;
    private bool labelsHoldControls;
    private DateTimeOffset? startsAt;
    private DateTimeOffset? endsAt;
    private string? generatorUrl;
    private string? fingerprint;

    /// <summary>The field that was wrong, relative to the alert; valid after <see cref="Read"/> returned null.</summary>
    public string Field { get; private set; } = "";

    public string Problem { get; private set; } = "";

    public ParsedAlert? Read(JsonElement element, int index)
    {
        Reset();
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Fail("", $"is {NameOf(element.ValueKind)}; each alert must be a JSON object");
        }

        try
        {
            foreach (var property in element.EnumerateObject())
            {
                if (!ReadProperty(property))
                {
                    return null;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // JsonElement reads a lone surrogate only when its text is asked for.
            return Fail(Field, "holds text that is not valid Unicode (an unpaired surrogate)");
        }

        return Check() ? Finish(index) : null;
    }

    private void Reset()
    {
        (status, startsAt, endsAt, generatorUrl, fingerprint, Field, Problem, labelsHoldControls) = (null, null, null, null, null, "", "", false);
        labels = new Dictionary<string, string>(16, StringComparer.Ordinal);
        annotations = new Dictionary<string, string>(4, StringComparer.Ordinal);
        (labelRoom, annotationRoom) = (limits.MaxLabelsLength, limits.MaxAnnotationsLength);
    }

    private bool ReadProperty(JsonProperty property)
    {
        var value = property.Value;
        Field = "";
        switch (property.Name)
        {
            case "status":
                return ReadStatus(value);
            case "labels":
                return ReadLabels(value);
            case "annotations":
                return ReadAnnotations(value);
            case "startsAt":
                return ReadTime("startsAt", value, out startsAt);
            case "endsAt":
                return ReadTime("endsAt", value, out endsAt);
            case "fingerprint":
                return ReadFingerprint(value);
            case "generatorURL" or "generatorUrl":
                generatorUrl = ReadUrl(value);
                return true;
            default:
                return format switch
                {
                    AlertFormat.Grafana => ReadGrafanaExtra(property.Name, value),
                    AlertFormat.Generic => ReadGenericShorthand(property.Name, value),
                    _ => true,
                };
        }
    }

    private bool Check()
    {
        if (status is null && format != AlertFormat.Generic)
        {
            return Wrong("status", "is missing; it must be \"firing\" or \"resolved\"");
        }

        if (labels.Count == 0)
        {
            return Wrong(format == AlertFormat.Generic ? "name" : "labels", "is missing; an alert is known by its labels, so it needs at least alertname");
        }

        if (format == AlertFormat.Generic && !labels.ContainsKey("alertname"))
        {
            return Wrong("name", "is missing; give \"name\" or labels.alertname");
        }

        if (startsAt is null && format != AlertFormat.Generic)
        {
            return Wrong("startsAt", "is missing; it must be an RFC 3339 time such as 2026-01-31T09:30:00Z");
        }

        if (startsAt > now + limits.MaxFuture || startsAt < Earliest)
        {
            return Wrong(
                "startsAt",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"is {startsAt:yyyy-MM-ddTHH:mm:ssZ}; it must lie between 2000 and {limits.MaxFuture.TotalHours:0} hours from now, check the sender's clock"));
        }

        return true;
    }

    private ParsedAlert Finish(int index)
    {
        // The sender's identity is that of the labels as sent; only what we show is cleaned.
        var identity = fingerprint ?? AlertFingerprint.Of(labels);
        var shown = labelsHoldControls ? CleanLabels() : labels;
        var start = startsAt ?? now;
        var isResolved = status == AlertStatus.Resolved;
        var end = endsAt is { } given && given <= now + ClockSkew ? given : now;
        var alert = new Alert
        {
            Fingerprint = identity,
            Status = isResolved ? AlertStatus.Resolved : AlertStatus.Firing,
            Labels = shown,
            Annotations = annotations,
            StartsAt = start,
            EndsAt = isResolved ? (end < start ? start : end) : null,
            GeneratorUrl = generatorUrl,
            GroupKey = groupKey,
            Source = AlertSources.NameOf(format),
        };
        return new ParsedAlert(index, alert, startsAt is not null, endsAt is not null);
    }

    private Dictionary<string, string> CleanLabels()
    {
        var clean = new Dictionary<string, string>(labels.Count, StringComparer.Ordinal);
        foreach (var (name, value) in labels)
        {
            clean[CleanText.Line(name)] = CleanText.Line(value);
        }

        return clean;
    }

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a boolean",
    };

    private bool Wrong(string field, string problem)
    {
        (Field, Problem) = (field, problem);
        return false;
    }

    private ParsedAlert? Fail(string field, string problem)
    {
        Wrong(field, problem);
        return null;
    }
}
