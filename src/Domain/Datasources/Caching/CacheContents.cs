namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>
/// The values, bounded by their bytes. When room is needed the tenant that holds most gives up what it used longest ago; that tenant holds more than its
/// even share then, so that one within its share never loses anything to another. Not safe for several threads: the cache locks around it.
/// </summary>
internal sealed class CacheContents(long maxBytes)
{
    /// <summary>Of the whole; a larger value would push out too much of what is asked more often.</summary>
    private const int LargestPart = 4;

    /// <summary>What an entry costs beside its value: the entry, its key, its places in the table and the list.</summary>
    private const long Overhead = 400;

    private readonly Dictionary<string, TenantEntries> tenants = new(StringComparer.Ordinal);

    public long Bytes { get; private set; }

    public int Count { get; private set; }

    public long Evicted { get; private set; }

    public IEnumerable<CacheEntry> All => tenants.Values.SelectMany(t => t.ByUse);

    public static long BytesOf(in CacheKey key, long value) => Overhead + (2L * key.Text.Length) + value;

    public static CacheEntry? Find(CachePartition partition, in CacheKey key) => partition.Entries.GetValueOrDefault(key);

    public void Touch(CacheEntry entry)
    {
        var order = tenants[entry.Partition.Tenant].ByUse;
        if (entry.Node is { } node && order.Last != node)
        {
            order.Remove(node);
            order.AddLast(node);
        }
    }

    public void Put(CacheEntry entry)
    {
        if (Find(entry.Partition, entry.Key) is { } before)
        {
            entry.Hits = 0;
            entry.LastUse = before.LastUse > entry.LastUse ? before.LastUse : entry.LastUse;
            Remove(before);
        }

        if (entry.Partition.IsDropped || entry.Bytes > maxBytes / LargestPart)
        {
            return;
        }

        while (Bytes + entry.Bytes > maxBytes)
        {
            Evict(entry);
        }

        if (!tenants.TryGetValue(entry.Partition.Tenant, out var own))
        {
            tenants[entry.Partition.Tenant] = own = new TenantEntries();
        }

        entry.Node = own.ByUse.AddLast(entry);
        own.Bytes += entry.Bytes;
        entry.Partition.Entries[entry.Key] = entry;
        Bytes += entry.Bytes;
        Count++;
    }

    public void Remove(CacheEntry entry)
    {
        if (entry.Node is not { } node)
        {
            return;
        }

        var own = tenants[entry.Partition.Tenant];
        own.ByUse.Remove(node);
        own.Bytes -= entry.Bytes;
        entry.Node = null;
        entry.Partition.Entries.Remove(entry.Key);
        Bytes -= entry.Bytes;
        Count--;
        if (own.ByUse.Count == 0)
        {
            tenants.Remove(entry.Partition.Tenant);
        }
    }

    public void Drop(CachePartition partition)
    {
        partition.IsDropped = true;
        foreach (var entry in partition.Entries.Values.ToList())
        {
            Remove(entry);
        }
    }

    /// <summary>Makes room for a coming entry, counted as if it were its tenant's already.</summary>
    private void Evict(CacheEntry coming)
    {
        TenantEntries? largest = null;
        long most = -1;
        foreach (var (tenant, entries) in tenants)
        {
            var bytes = entries.Bytes + (tenant == coming.Partition.Tenant ? coming.Bytes : 0);
            if (bytes > most)
            {
                (largest, most) = (entries, bytes);
            }
        }

        Evicted++;
        Remove(largest!.ByUse.First!.Value);
    }

    private sealed class TenantEntries
    {
        /// <summary>The one used longest ago first.</summary>
        public LinkedList<CacheEntry> ByUse { get; } = [];

        public long Bytes { get; set; }
    }
}
