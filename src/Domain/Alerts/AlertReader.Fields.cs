using System.Text.Json;

namespace Nightwatch.Domain.Alerts;

/// <summary>The fields of an alert, each bounded; a method that finds a problem notes it and answers false.</summary>
internal sealed partial class AlertReader
{
    private bool ReadStatus(JsonElement value)
    {
        Field = "status";
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var comparison = format == AlertFormat.Generic ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        status = text.Equals("firing", comparison) ? AlertStatus.Firing : text.Equals("resolved", comparison) ? AlertStatus.Resolved : null;
        return status is not null || Wrong("status", "must be \"firing\" or \"resolved\"");
    }

    private bool ReadLabels(JsonElement value)
    {
        Field = "labels";
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Wrong("labels", $"is {NameOf(value.ValueKind)}; it must be an object of names and text values");
        }

        foreach (var label in value.EnumerateObject())
        {
            Field = "labels";
            if (!AddLabel(label.Name, label.Value, "labels." + CleanText.Cut(CleanText.Line(label.Name), 80)))
            {
                return false;
            }
        }

        return true;
    }

    private bool AddLabel(string name, JsonElement value, string field)
    {
        Field = field;
        if (name.Length == 0 || name.Length > limits.MaxNameLength)
        {
            return Wrong(field, $"has a name of {name.Length} characters; 1 to {limits.MaxNameLength} are taken");
        }

        var text = TextOf(value);
        if (text is null)
        {
            return Wrong(field, $"is {NameOf(value.ValueKind)}; a label's value must be a string");
        }

        if (text.Length > limits.MaxLabelValueLength)
        {
            return Wrong(field, $"has {text.Length} characters; at most {limits.MaxLabelValueLength} are taken, put long text into annotations");
        }

        if (text.Length == 0)
        {
            return true;
        }

        labelsHoldControls |= !ReferenceEquals(CleanText.Line(text), text) || !ReferenceEquals(CleanText.Line(name), name);
        labels[name] = text;
        labelRoom -= text.Length;
        if (labelRoom < 0)
        {
            return Wrong("labels", $"hold more than {limits.MaxLabelsLength} characters together; put long text into annotations");
        }

        return labels.Count <= limits.MaxLabels || Wrong("labels", $"holds more than {limits.MaxLabels} labels; send fewer");
    }

    private bool ReadAnnotations(JsonElement value)
    {
        Field = "annotations";
        if (value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return Wrong("annotations", $"is {NameOf(value.ValueKind)}; it must be an object of names and text values");
        }

        foreach (var annotation in value.EnumerateObject())
        {
            Field = "annotations." + CleanText.Cut(CleanText.Line(annotation.Name), 80);
            if (TextOf(annotation.Value) is not { } text)
            {
                return Wrong(Field, $"is {NameOf(annotation.Value.ValueKind)}; an annotation's value must be a string");
            }

            if (!Annotate(annotation.Name, text))
            {
                return false;
            }
        }

        return true;
    }

    private bool Annotate(string name, string text)
    {
        if (name.Length == 0 || name.Length > limits.MaxNameLength)
        {
            return Wrong("annotations", $"holds a name of {name.Length} characters; 1 to {limits.MaxNameLength} are taken");
        }

        var kept = CleanText.Cut(CleanText.Lines(text), Math.Min(limits.MaxAnnotationLength, annotationRoom));
        annotationRoom -= kept.Length;
        annotations[CleanText.Line(name)] = kept;
        return annotations.Count <= limits.MaxAnnotations || Wrong("annotations", $"holds more than {limits.MaxAnnotations} annotations; send fewer");
    }

    private bool ReadTime(string field, JsonElement value, out DateTimeOffset? time)
    {
        Field = field;
        time = null;
        if (value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.String || !HasZone(value.GetString()!) || !value.TryGetDateTimeOffset(out var read))
        {
            return Wrong(field, "must be an RFC 3339 time with its zone, such as 2026-01-31T09:30:00Z");
        }

        // Go's zero time stands for "not set".
        time = read < ZeroTimeLimit ? null : read.ToUniversalTime();
        return true;
    }

    private static bool HasZone(string text) =>
        text.Length > 10 && text[10] is 'T' && (text[^1] is 'Z' || (text.Length > 16 && text[^6] is '+' or '-'));

    private bool ReadFingerprint(JsonElement value)
    {
        Field = "fingerprint";
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ValueKind == JsonValueKind.Null ? "" : "?";
        if (text.Length > 0 && !AlertFingerprint.IsValid(text))
        {
            return Wrong("fingerprint", "must be 16 hexadecimal digits, or left out to be computed from the labels");
        }

        fingerprint = text.Length == 0 ? null : text.ToLowerInvariant();
        return true;
    }

    private bool ReadGrafanaExtra(string name, JsonElement value)
    {
        var annotation = name switch
        {
            "dashboardURL" => "dashboard_url",
            "panelURL" => "panel_url",
            "silenceURL" => "silence_url",
            "imageURL" => "image_url",
            "valueString" => "value_string",
            _ => null,
        };
        if (annotation is null || value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        Field = name;
        var text = name == "valueString" ? value.GetString() : ReadUrl(value);
        return string.IsNullOrEmpty(text) || Annotate(annotation, text);
    }

    private bool ReadGenericShorthand(string name, JsonElement value)
    {
        Field = name;
        switch (name)
        {
            case "name":
                return AddLabel("alertname", value, "name");
            case "service" or "severity" or "instance" or "namespace" or "environment":
                return value.ValueKind == JsonValueKind.Null || AddLabel(name, value, name);
            case "summary" or "description":
                return value.ValueKind == JsonValueKind.Null
                    || (TextOf(value) is { } text ? Annotate(name, text) : Wrong(name, $"is {NameOf(value.ValueKind)}; it must be a string"));
            case "url":
                generatorUrl ??= ReadUrl(value);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Only http and https: a link is shown to people. Anything else is left out, since the alert matters more than its link.</summary>
    private static string? ReadUrl(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return text.Length is > 0 and <= 16 * 1024 && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? CleanText.Line(text)
            : null;
    }

    private string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when format == AlertFormat.Generic => value.GetRawText(),
        JsonValueKind.True or JsonValueKind.False when format == AlertFormat.Generic => value.GetBoolean() ? "true" : "false",
        _ => null,
    };
}
