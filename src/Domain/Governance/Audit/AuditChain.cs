using System.Security.Cryptography;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// The one who appends to a tenant's trail in this process. After a write whose outcome is not known its chain is left as it is, whatever of it was stored, and
/// the next write opens another: no record is ever written twice, and none leaves a gap. One call at a time.
/// </summary>
internal sealed class AuditChain(string tenant, IDocuments<AuditRecord> records, AuditKeyRing keys, TimeSpan retention, TimeProvider time)
{
    /// <summary>A chain that rested for so long is not continued, so that anchors need not follow it for ever.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private const int Attempts = 3;

    private readonly AuditMac mac = new();
    private AuditHead? head;
    private string writer = "";

    /// <summary>Writes the events as one batch, in their order, and returns how far the chain is then.</summary>
    public async Task<AuditHead> AppendAsync(IReadOnlyList<AuditEvent> events)
    {
        var now = time.GetUtcNow();
        if (head is null || now - head.RecordedAt > LongestRest)
        {
            head = null;
            writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        }

        var batch = Build(events, now);
        // Until the store has said yes to everything, nobody knows where this chain ends.
        head = null;
        await StoreAsync(batch);
        return head = AuditHead.Of(batch[^1]);
    }

    private List<AuditRecord> Build(IReadOnlyList<AuditEvent> events, DateTimeOffset now)
    {
        var batch = new List<AuditRecord>(events.Count + 1);
        var last = head;
        if (last is null)
        {
            var opened = Next(null, new AuditEvent { Tenant = tenant, At = now, Actor = "system", ActorKind = "system", From = "system", Action = AuditActions.ChainOpened }, now);
            batch.Add(opened);
            last = AuditHead.Of(opened);
        }

        foreach (var audited in events)
        {
            var record = Next(last, audited, now);
            batch.Add(record);
            last = AuditHead.Of(record);
        }

        return batch;
    }

    private AuditRecord Next(AuditHead? last, AuditEvent audited, DateTimeOffset now)
    {
        // A clock that was set back must not make a later record expire before an earlier one.
        var recordedAt = last is { } && last.RecordedAt > now ? last.RecordedAt : now;
        var record = new AuditRecord
        {
            Tenant = tenant,
            Writer = writer,
            Sequence = (last?.Sequence ?? 0) + 1,
            At = audited.At ?? now,
            RecordedAt = recordedAt,
            ExpiresAt = recordedAt + retention,
            EarlierExpireBy = last?.ExpiresAt,
            Actor = audited.Actor,
            ActorName = audited.ActorName,
            ActorKind = audited.ActorKind,
            From = audited.From,
            CorrelationId = audited.CorrelationId,
            Action = audited.Action,
            Target = audited.Target,
            Outcome = audited.Outcome,
            Details = audited.Details,
            KeyId = keys.Current.Id,
            PreviousMac = last?.Mac ?? "",
            Mac = "",
        };
        return record with { Mac = mac.Of(record, keys.Current) };
    }

    private async Task StoreAsync(IReadOnlyList<AuditRecord> batch)
    {
        var missing = batch;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // Many callers wait for this write: none of them may cancel it.
            var results = await records.WriteManyAsync(tenant, [.. missing.Select(r => DocumentWrite<AuditRecord>.Create(r.Id, r))], CancellationToken.None);
            missing = [.. missing.Where((_, i) => !results[i].Written)];
            if (missing.Count == 0)
            {
                return;
            }

            // A store that tries again by itself may find its own first try in the way.
            var found = await records.ReadManyAsync(tenant, [.. missing.Select(r => r.Id)], CancellationToken.None);
            if (found.Values.Any(d => missing.All(r => r.Id != d.Id || r.Mac != d.Value.Mac)))
            {
                throw new StoreUnavailableException("The place of an audit record is taken by another; the next record opens a new chain.");
            }

            missing = [.. missing.Where(r => !found.ContainsKey(r.Id))];
            if (missing.Count == 0)
            {
                return;
            }
        }

        throw new StoreUnavailableException("The store keeps refusing audit records; the next one opens a new chain.");
    }
}
