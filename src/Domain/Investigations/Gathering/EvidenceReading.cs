using System.Text.Json;

namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>What a tool's data was read as.</summary>
internal sealed record EvidenceReading
{
    public required string Summary { get; init; }

    public IReadOnlyList<Fact> Facts { get; init; } = [];

    public IReadOnlyList<EvidenceItem> Items { get; init; } = [];

    public string? Message { get; init; }
}

/// <summary>Turns the data of one tool into numbers and things found. Data of another shape than the tool documents is read as far as it goes.</summary>
internal interface IToolReader
{
    string Tool { get; }

    EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data);
}

/// <summary>Reading of JSON that may not be what it should be; nothing here throws.</summary>
internal static class Json
{
    public const int MaxText = 600;

    public static IEnumerable<JsonElement> List(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static string? Text(JsonElement element, string name, int most = MaxText) =>
        element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text
            ? text.Length <= most ? text : text[..most] + "..."
            : null;

    public static double? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? Number(value) : null;

    public static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    public static DateTimeOffset? Time(JsonElement element, string name) =>
        Text(element, name) is { } text
            && DateTimeOffset.TryParse(
                text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    public static Dictionary<string, string> Labels(JsonElement element, string name = "labels")
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var label in value.EnumerateObject().Where(l => l.Value.ValueKind == JsonValueKind.String).Take(40))
            {
                var text = label.Value.GetString()!;
                labels[label.Name] = text.Length <= MaxText ? text : text[..MaxText] + "...";
            }
        }

        return labels;
    }
}
