using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Reads a tenant's whole trail and says whether anybody has changed it. Works beside running writers. Memory grows with chains and outside anchors, not with
/// records.
/// </summary>
public sealed class VerifyAudit(
    IDocuments<AuditRecord> records, IDocuments<AuditAnchor> anchors, IEnumerable<IAuditAnchorSink> sinks, AuditKeyRing keys, TimeProvider time)
{
    /// <summary>The clock of a store that removes by itself may be ahead by so much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <exception cref="StoreUnavailableException">The store, or a place outside of it that anchors are kept in, cannot be read.</exception>
    public async Task<AuditReport> VerifyAsync(string tenant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow() + Skew;
        var findings = new AuditFindings();
        // In this order what is read later holds at least what is read before it, whoever writes meanwhile.
        var anchorCheck = await CheckAnchorsAsync(tenant, findings, now, cancellationToken);
        var chainCheck = new ChainCheck(tenant, keys, anchorCheck, findings, now);
        var complete = await AuditPages.WalkAsync(records, tenant, new DocumentQuery(), chainCheck.Add, cancellationToken);
        chainCheck.Finish(complete);
        if (complete)
        {
            await CheckListAsync(tenant, chainCheck.Chains, findings, now, cancellationToken);
        }

        return new AuditReport
        {
            Tenant = tenant,
            At = time.GetUtcNow(),
            Protected = keys.Current.Protects,
            Records = chainCheck.Records,
            Chains = chainCheck.Chains.Count,
            Anchors = anchorCheck.Anchors,
            OutsideAnchors = anchorCheck.OutsideAnchors,
            RecordsAfterAnchors = chainCheck.RecordsAfterAnchors,
            RecordsWithoutKey = chainCheck.RecordsWithoutKey,
            Findings = findings.Kept,
            FindingsLeftOut = findings.LeftOut,
        };
    }

    private async Task<AnchorCheck> CheckAnchorsAsync(string tenant, AuditFindings findings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var check = new AnchorCheck(tenant, keys, findings, now);
        foreach (var sink in sinks)
        {
            await foreach (var found in sink.ReadAsync(cancellationToken))
            {
                check.AddOutside(found);
            }
        }

        if (await AuditPages.WalkAsync(anchors, tenant, new DocumentQuery(), check.AddStored, cancellationToken))
        {
            check.Finish();
        }
        else
        {
            findings.Add(AuditFault.Unreadable, AuditAnchor.IdOf(check.Anchors), "An anchor in the store cannot be read; neither it nor those after it were checked.");
        }

        return check;
    }

    /// <summary>The list by time must show the same records: whoever edits a store's index hides a record without touching it.</summary>
    private async Task CheckListAsync(
        string tenant, IReadOnlyDictionary<string, SeenChain> chains, AuditFindings findings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, long>(StringComparer.Ordinal);
        var last = DateTimeOffset.MinValue;
        var unordered = 0L;
        await AuditPages.WalkAsync(records, tenant, new DocumentQuery { OrderBy = "at" }, document => See(document.Value), cancellationToken);
        foreach (var chain in chains.Values.Where(c => listed.GetValueOrDefault(c.Writer) < c.Lasting))
        {
            findings.Add(AuditFault.NotListed, chain.Writer, $"{chain.Lasting - listed.GetValueOrDefault(chain.Writer)} records of this chain are missing in the list by time.");
        }

        if (unordered > 0)
        {
            findings.Add(AuditFault.NotListed, tenant, $"{unordered} records are not in their place in the list by time.");
        }

        void See(AuditRecord record)
        {
            unordered += record.At < last ? 1 : 0;
            last = record.At;
            if (record.Writer is not null && chains.TryGetValue(record.Writer, out var chain) && record.Sequence <= chain.Last && record.ExpiresAt > now + SeenChain.Lasts)
            {
                listed[record.Writer] = listed.GetValueOrDefault(record.Writer) + 1;
            }
        }
    }
}
