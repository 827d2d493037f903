using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Where the next page begins. It is handed out and comes back, so it holds nothing that is trusted: a wrong one gives a wrong page of one's own data.</summary>
internal sealed record PageToken
{
    private const int MaxLength = 512;

    /// <summary>Milliseconds of Unix time; the window of the first page, since "the last hour" moves on.</summary>
    public required long Start { get; init; }

    public required long End { get; init; }

    /// <summary>Of metrics: which of them, and which of its series. Of lines: how many of the time <see cref="Ticks"/> were given.</summary>
    public int Skip { get; init; }

    public int Inner { get; init; }

    /// <summary>UTC ticks of the last line that was given; null for metrics.</summary>
    public long? Ticks { get; init; }

    [JsonIgnore]
    public TimeWindow Window => new(DateTimeOffset.FromUnixTimeMilliseconds(Start), DateTimeOffset.FromUnixTimeMilliseconds(End));

    public static PageToken For(TimeWindow window) => new() { Start = window.Start.ToUnixTimeMilliseconds(), End = window.End.ToUnixTimeMilliseconds() };

    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Null when it is none of ours.</summary>
    public static PageToken? Read(string text)
    {
        try
        {
            var token = text.Length > MaxLength ? null : JsonSerializer.Deserialize<PageToken>(Base64Url.DecodeFromChars(text));
            return token is { Skip: >= 0, Inner: >= 0 } && IsTime(token.Start) && IsTime(token.End) && token.Start <= token.End
                && (token.Ticks is not { } ticks || (ticks >= 0 && ticks < DateTimeOffset.MaxValue.Ticks))
                ? token
                : null;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    private static bool IsTime(long milliseconds) => milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999;
}
