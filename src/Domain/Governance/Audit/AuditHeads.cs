namespace Nightwatch.Domain.Governance.Audit;

/// <summary>The heads of this process's own chains that no anchor holds yet. From memory, so that nobody who writes the store can shorten them.</summary>
public sealed class AuditHeads
{
    /// <summary>An anchor is due when so many records have been written since the last one.</summary>
    public const int RecordsPerAnchor = 1000;

    /// <summary>Chains per tenant that wait for an anchor; one process has one at a time, and a few more while its store fails.</summary>
    private const int MaxHeads = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Pending> tenants = new(StringComparer.Ordinal);

    /// <summary>Notes how far a chain got, and says whether an anchor is due now.</summary>
    public bool Advance(string tenant, AuditHead head, int records)
    {
        lock (gate)
        {
            if (!tenants.TryGetValue(tenant, out var pending))
            {
                tenants[tenant] = pending = new Pending();
            }

            pending.Heads[head.Writer] = head;
            if (pending.Heads.Count > MaxHeads)
            {
                pending.Heads.Remove(pending.Heads.Values.MinBy(h => h.RecordedAt)!.Writer);
            }

            pending.Records += records;
            if (pending.Records < RecordsPerAnchor)
            {
                return false;
            }

            pending.Records = 0;
            return true;
        }
    }

    public IReadOnlyList<AuditHead> Of(string tenant)
    {
        lock (gate)
        {
            return tenants.TryGetValue(tenant, out var pending) ? [.. pending.Heads.Values] : [];
        }
    }

    public IReadOnlyList<string> Tenants()
    {
        lock (gate)
        {
            return [.. tenants.Keys];
        }
    }

    /// <summary>These are held by an anchor; a chain that has grown since waits for the next.</summary>
    public void Anchored(string tenant, IReadOnlyList<AuditHead> heads)
    {
        lock (gate)
        {
            if (!tenants.TryGetValue(tenant, out var pending))
            {
                return;
            }

            foreach (var head in heads)
            {
                if (pending.Heads.TryGetValue(head.Writer, out var known) && known.Sequence <= head.Sequence)
                {
                    pending.Heads.Remove(head.Writer);
                }
            }
        }
    }

    private sealed class Pending
    {
        public Dictionary<string, AuditHead> Heads { get; } = new(StringComparer.Ordinal);

        public int Records { get; set; }
    }
}
