using System.Globalization;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// A version as the port shows it: the service's etag without its quotes and, when the document ends some day, that moment. A write on the condition of
/// a version that is over by now is then a conflict without asking: TTL may not have removed it yet.
/// </summary>
internal readonly record struct CosmosETag(string Service, DateTimeOffset? Expires)
{
    private const char Separator = '~';

    /// <summary>Before an etag that came without quotes, as emulators give them.</summary>
    private const char Bare = '!';

    private const int MaxLength = 256;

    /// <summary>As If-Match takes it.</summary>
    public string Header => Service.StartsWith(Bare) ? Service[1..] : $"\"{Service}\"";

    public static CosmosETag OfHeader(string header, DateTimeOffset? expires) =>
        new(header is ['"', .. var inner, '"'] ? inner : Bare + header, expires);

    public static CosmosETag Parse(string etag)
    {
        var at = etag.LastIndexOf(Separator);
        return at > 0 && long.TryParse(etag.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? new(etag[..at], new DateTimeOffset(ticks, TimeSpan.Zero))
            : new(etag, null);
    }

    /// <summary>Whether the service could have given it. What a caller made up must neither match everything nor break the request's header.</summary>
    public bool IsPossible =>
        Service.Length is > 0 and <= MaxLength && Service != "!*" && !Service.Contains('"', StringComparison.Ordinal) && !Service.AsSpan().ContainsAnyExceptInRange('!', '~');

    public bool IsOver(DateTimeOffset now) => Expires <= now;

    public override string ToString() => Expires is { } at ? Service + Separator + at.UtcTicks.ToString(CultureInfo.InvariantCulture) : Service;
}
