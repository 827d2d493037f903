namespace Nightwatch.Adapters.Http;

/// <summary>What a caller may set on one request.</summary>
internal static class OutboundRequest
{
    /// <summary>At most this many redirects are followed, however many a caller asks for.</summary>
    public const int MaxRedirects = 5;

    /// <summary>Bytes that the answer may have after decompression, in place of the client's limit.</summary>
    public static HttpRequestOptionsKey<long> MaxAnswerBytes { get; } = new("Nightwatch.MaxAnswerBytes");

    /// <summary>
    /// How many redirects to follow; none unless it is set. Only GET and HEAD without a body follow; other requests get the redirect itself as their answer.
    /// </summary>
    public static HttpRequestOptionsKey<int> FollowRedirects { get; } = new("Nightwatch.FollowRedirects");
}

/// <summary>What every answer of a client is held to.</summary>
internal sealed record OutboundLimits
{
    public const int HeadersKilobytes = 64;

    public static OutboundLimits Default { get; } = new();

    /// <summary>After decompression.</summary>
    public long MaxAnswerBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>From the first byte sent to the last one read, redirects included. Callers set shorter limits of their own; this one is for those who forget.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(5);
}
