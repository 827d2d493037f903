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

    /// <exception cref="JsonException">The text is not one of ours.</exception>
    public static AlertsMessage Parse(string text) =>
        JsonSerializer.Deserialize<AlertsMessage>(text, NightwatchJson.Options) ?? throw new JsonException("The message is null.");
}
