using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Prometheus;

/// <summary>The envelope of every answer of Prometheus' HTTP API.</summary>
internal sealed record PrometheusEnvelope<T>
{
    public required string Status { get; init; }

    public T? Data { get; init; }

    public string? ErrorType { get; init; }

    public string? Error { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }

    public IReadOnlyList<string>? Infos { get; init; }

    [JsonIgnore]
    public IReadOnlyList<string> Notes => [.. Warnings ?? [], .. Infos ?? []];
}

/// <summary>Result of a query; what the result holds depends on its type (vector, matrix, scalar, string).</summary>
internal sealed record QueryData(string ResultType, JsonElement Result);

internal sealed record SeriesResult
{
    public Dictionary<string, string> Metric { get; init; } = [];

    public SampleValue? Value { get; init; }

    public IReadOnlyList<SampleValue>? Values { get; init; }
}

internal sealed record BuildInfo(string? Version = null);

internal sealed record TsdbStatus
{
    public HeadStatus? HeadStats { get; init; }

    public List<NamedCount>? SeriesCountByMetricName { get; init; }
}

internal sealed record HeadStatus(long NumSeries = 0);

internal sealed record NamedCount(string? Name = null, long Value = 0);

internal sealed record MetadataResult(string? Type = null, string? Help = null, string? Unit = null);

internal sealed record RulesData(List<RuleGroup> Groups);

internal sealed record RuleGroup(string Name, IReadOnlyList<RuleResult>? Rules = null);

internal sealed record RuleResult
{
    public string Type { get; init; } = "";

    public string Name { get; init; } = "";

    public string Query { get; init; } = "";

    /// <summary>Seconds.</summary>
    public double Duration { get; init; }

    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>A pair [unix seconds, "value"].</summary>
[JsonConverter(typeof(SampleValueConverter))]
internal readonly record struct SampleValue(DateTimeOffset At, double Value)
{
    public MetricPoint Point => new(At, Value);
}

/// <summary>Reads the pair without making strings of the numbers; NaN, +Inf and -Inf are what Prometheus writes for them.</summary>
internal sealed class SampleValueConverter : JsonConverter<SampleValue>
{
    public override SampleValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var seconds))
        {
            throw new JsonException();
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }

        var value = Number(ref reader);
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray || Math.Abs(seconds) > 250_000_000_000)
        {
            throw new JsonException();
        }

        return new SampleValue(DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)), value);
    }

    public override void Write(Utf8JsonWriter writer, SampleValue value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are only read.");

    private static double Number(ref Utf8JsonReader reader)
    {
        if (!reader.HasValueSequence
            && !reader.ValueIsEscaped
            && Utf8Parser.TryParse(reader.ValueSpan, out double plain, out var used)
            && used == reader.ValueSpan.Length)
        {
            return plain;
        }

        return reader.GetString() switch
        {
            "NaN" => double.NaN,
            "+Inf" or "Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new JsonException(),
        };
    }
}
