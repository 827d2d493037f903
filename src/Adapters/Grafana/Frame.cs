using System.Text.Json;

namespace Nightwatch.Adapters.Grafana;

internal sealed record FrameAnswer(FrameSchema? Schema = null, FrameData? Data = null);

internal sealed record FrameSchema
{
    public string? Name { get; init; }

    public List<FieldAnswer>? Fields { get; init; }

    public FrameMeta? Meta { get; init; }
}

internal sealed record FrameMeta(List<NoticeAnswer>? Notices = null);

internal sealed record NoticeAnswer(string? Text = null);

internal sealed record FieldAnswer
{
    public string Name { get; init; } = "";

    /// <summary>time, number, string, boolean or other.</summary>
    public string Type { get; init; } = "";

    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>Columns of equal length. What JSON cannot write as a number stands in entities: for each column the rows that are NaN, Inf or NegInf.</summary>
internal sealed record FrameData
{
    public List<List<JsonElement>>? Values { get; init; }

    public List<FrameEntities?>? Entities { get; init; }
}

internal sealed record FrameEntities
{
    public List<int>? NaN { get; init; }

    public List<int>? Inf { get; init; }

    public List<int>? NegInf { get; init; }
}

/// <summary>A column with its values.</summary>
internal sealed record Column(string Name, string Type, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<JsonElement> Values, FrameEntities? Entities)
{
    private readonly Dictionary<int, double> special = SpecialOf(Entities);

    /// <summary>Null where there is no number.</summary>
    public double? Number(int row) => special.TryGetValue(row, out var value) ? value
        : Values[row] is { ValueKind: JsonValueKind.Number } number ? number.GetDouble()
        : null;

    /// <summary>Null where there is nothing.</summary>
    public string? Text(int row) => Values[row] switch
    {
        { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        var other => other.GetRawText(),
    };

    /// <summary>Times are Unix milliseconds.</summary>
    public DateTimeOffset? Time(int row) =>
        Number(row) is { } milliseconds && Math.Abs(milliseconds) < 250_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;

    private static Dictionary<int, double> SpecialOf(FrameEntities? entities)
    {
        var found = new Dictionary<int, double>();
        foreach (var (rows, value) in new[] { (entities?.NaN, double.NaN), (entities?.Inf, double.PositiveInfinity), (entities?.NegInf, double.NegativeInfinity) })
        {
            foreach (var row in rows ?? [])
            {
                found[row] = value;
            }
        }

        return found;
    }
}

/// <summary>A data frame as Grafana writes it in JSON.</summary>
internal sealed record Frame(string Name, IReadOnlyList<Column> Columns, IReadOnlyList<string> Notices)
{
    private static readonly Dictionary<string, string> NoLabels = [];

    public int Rows => Columns.Count == 0 ? 0 : Columns[0].Values.Count;

    /// <summary>Null when there are not as many columns as fields, or they differ in length.</summary>
    public static Frame? Read(FrameAnswer answer)
    {
        var fields = answer.Schema?.Fields ?? [];
        var values = answer.Data?.Values ?? [];
        if (values.Count == 0)
        {
            return new Frame(answer.Schema?.Name ?? "", [], NoticesOf(answer));
        }

        if (fields.Count != values.Count || values.Any(v => v is null || v.Count != values[0].Count))
        {
            return null;
        }

        var entities = answer.Data!.Entities;
        return new Frame(
            answer.Schema!.Name ?? "",
            [.. fields.Select((f, i) => new Column(f.Name, f.Type, f.Labels ?? NoLabels, values[i], entities?.ElementAtOrDefault(i)))],
            NoticesOf(answer));
    }

    private static IReadOnlyList<string> NoticesOf(FrameAnswer answer) => [.. (answer.Schema?.Meta?.Notices ?? []).Select(n => n?.Text).OfType<string>()];
}
