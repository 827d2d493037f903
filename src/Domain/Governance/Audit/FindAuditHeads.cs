using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Finds how far a tenant's chains have got. What an earlier anchor or this process's memory says is never taken back: when the store knows less, the verifier
/// is to see it. The cost grows with the chains that live, not with the trail.
/// </summary>
public sealed partial class FindAuditHeads(IDocuments<AuditRecord> records, AuditHeads own, AuditKeyRing keys, TimeProvider time, ILogger<FindAuditHeads> logger)
{
    /// <summary>Clocks of processes may differ by so much, and a chain's first write may take so long.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    /// <summary>After this rest nobody continues a chain, and its last anchor stands.</summary>
    private static readonly TimeSpan Finished = AuditChain.LongestRest * 2;

    public IReadOnlyList<AuditHead> Own(string tenant, AuditAnchor? last) => Ordered(Known(tenant, last));

    public async Task<IReadOnlyList<AuditHead>> AllAsync(string tenant, AuditAnchor? last, CancellationToken cancellationToken)
    {
        var found = Known(tenant, last);
        await AddOpenedAsync(tenant, last, found, cancellationToken);
        foreach (var head in found.Values.ToList())
        {
            found[head.Writer] = await LatestAsync(tenant, last, head, cancellationToken);
        }

        var anchored = Anchored(last);
        var over = time.GetUtcNow() - Finished;
        return Ordered(found.Where(pair => pair.Value.RecordedAt >= over || anchored.GetValueOrDefault(pair.Key) != pair.Value).ToDictionary());
    }

    private Dictionary<string, AuditHead> Known(string tenant, AuditAnchor? last)
    {
        var found = Anchored(last);
        foreach (var head in own.Of(tenant))
        {
            if (!found.TryGetValue(head.Writer, out var anchored) || anchored.Sequence < head.Sequence)
            {
                found[head.Writer] = head;
            }
        }

        return found;
    }

    /// <summary>The last anchor as the store has it; the verifier judges it, and what somebody made of it must not stop the next one.</summary>
    private static Dictionary<string, AuditHead> Anchored(AuditAnchor? last)
    {
        var heads = new Dictionary<string, AuditHead>(StringComparer.Ordinal);
        foreach (var head in last?.Heads ?? [])
        {
            if (head?.Writer is not null)
            {
                heads[head.Writer] = head;
            }
        }

        return heads;
    }

    private async Task AddOpenedAsync(string tenant, AuditAnchor? last, Dictionary<string, AuditHead> found, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery
        {
            Where = [FieldFilter.Equal("action", AuditActions.ChainOpened), .. last is null ? (FieldFilter[])[] : [FieldFilter.AtLeast("at", last.At - Skew)]],
            OrderBy = "at",
        };
        do
        {
            var page = await records.QueryAsync(tenant, query, cancellationToken);
            foreach (var opened in page.Documents.Select(d => d.Value).Where(r => !found.ContainsKey(r.Writer) && IsOurs(tenant, last, r)))
            {
                found[opened.Writer] = AuditHead.Of(opened);
            }

            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (query.ContinuationToken is not null);
    }

    private async Task<AuditHead> LatestAsync(string tenant, AuditAnchor? last, AuditHead known, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery { Where = [FieldFilter.Equal("writer", known.Writer)], OrderBy = "sequence", Descending = true, PageSize = 1 };
        var page = await records.QueryAsync(tenant, query, cancellationToken);
        if (page.Documents is [{ Value: var record }] && record.Sequence > known.Sequence && record.Writer == known.Writer && IsOurs(tenant, last, record))
        {
            return AuditHead.Of(record);
        }

        return known;
    }

    /// <summary>
    /// An anchor vouches for what it holds, so nothing gets in that does not carry its code. Records from before there was a key are taken in by the first
    /// anchor that has one, and never after.
    /// </summary>
    private bool IsOurs(string tenant, AuditAnchor? last, AuditRecord record)
    {
        var adopts = !keys.Current.Protects || last is null || last.KeyId == AuditKey.NoKeyId;
        var ours = record.Tenant == tenant && keys.Find(record.KeyId) is { } key && (key.Protects || adopts) && TextHash.Same(record.Mac, new AuditMac().Of(record, key));
        if (!ours)
        {
            LogForeign(logger, record.Id);
        }

        return ours;
    }

    private static List<AuditHead> Ordered(Dictionary<string, AuditHead> heads) => [.. heads.Values.OrderBy(h => h.Writer, StringComparer.Ordinal)];

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit record {Id} does not carry a code of ours and is not anchored. Run the verification.")]
    private static partial void LogForeign(ILogger logger, string id);
}
