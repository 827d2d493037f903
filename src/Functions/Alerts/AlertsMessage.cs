using System.Text.Json;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Functions.Alerts;

/// <summary>What crosses the queue: which episodes of which tenant changed. Ids only.</summary>
public sealed record AlertsMessage
{
    /// <summary>Few enough that a message stays far below the 64 KB of a storage queue.</summary>
    public const int MaxEpisodes = 400;

    public required string Tenant { get; init; }

    public required IReadOnlyList<string> EpisodeIds { get; init; }

    /// <summary>Messages for all the ids, or null when there is nothing to say.</summary>
    public static string[]? For(string tenant, IReadOnlyList<string> episodeIds) => episodeIds.Count == 0
        ? null
        : episodeIds.Chunk(MaxEpisodes).Select(ids => JsonSerializer.Serialize(new AlertsMessage { Tenant = tenant, EpisodeIds = ids }, NightwatchJson.Options)).ToArray();

    /// <summary>Two messages, each for one half of the episodes.</summary>
    public string[] Halves() =>
    [
        .. EpisodeIds.Chunk((EpisodeIds.Count + 1) / 2).Select(ids => JsonSerializer.Serialize(this with { EpisodeIds = ids }, NightwatchJson.Options)),
    ];

    /// <exception cref="JsonException">The text is not one of ours.</exception>
    public static AlertsMessage Parse(string text)
    {
        AlertsMessage? message;
        try
        {
            message = JsonSerializer.Deserialize<AlertsMessage>(text, NightwatchJson.Options);
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidOperationException)
        {
            // Half a surrogate pair in the text, or written out in a member's name, is found before the JSON is.
            throw new JsonException("The message is not valid Unicode.", wrong);
        }

        // The serialiser fills required members with null when the text says so.
        return message is { Tenant.Length: > 0, EpisodeIds: { } ids } && ids.All(id => !string.IsNullOrEmpty(id))
            ? message
            : throw new JsonException("The message names no tenant or an episode without an id.");
    }
}
