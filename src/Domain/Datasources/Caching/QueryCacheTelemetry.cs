using System.Diagnostics.Metrics;

namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>What the use of the cache leaves behind. Tenants and sources are no labels: there may be very many.</summary>
internal static class QueryCacheTelemetry
{
    private static readonly Meter Meter = new("Nightwatch.QueryCache");
    private static readonly Counter<long> Asked = Meter.CreateCounter<long>(
        "nightwatch.query_cache.requests", "{request}", "Questions to sources by kind (settled, present, metadata, rules) and result (hit, miss, stale, shared).");

    private static readonly Counter<long> Evictions = Meter.CreateCounter<long>("nightwatch.query_cache.evictions", "{entry}", "Values given up to make room for others.");
    private static readonly Counter<long> Ahead = Meter.CreateCounter<long>("nightwatch.query_cache.fetched_ahead", "{entry}", "Values loaded again before somebody asked.");
    private static readonly UpDownCounter<long> Entries = Meter.CreateUpDownCounter<long>("nightwatch.query_cache.entries", "{entry}", "Values kept.");
    private static readonly UpDownCounter<long> Bytes = Meter.CreateUpDownCounter<long>("nightwatch.query_cache.bytes", "By", "Estimated bytes of the values kept.");

    public static void Count(CacheKind kind, string result) => Asked.Add(1, new("kind", NameOf(kind)), new("result", result));

    public static void FetchedAhead(int count) => Ahead.Add(count);

    public static void Changed(long entries, long bytes, long evictions)
    {
        if (entries != 0)
        {
            Entries.Add(entries);
        }

        if (bytes != 0)
        {
            Bytes.Add(bytes);
        }

        if (evictions != 0)
        {
            Evictions.Add(evictions);
        }
    }

    private static string NameOf(CacheKind kind) => kind switch
    {
        CacheKind.Settled => "settled",
        CacheKind.Present => "present",
        CacheKind.Metadata => "metadata",
        _ => "rules",
    };
}
