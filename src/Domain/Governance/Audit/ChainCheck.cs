using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>Checks a tenant's records, which come chain by chain in the order of their ids, against each other and against the anchors.</summary>
internal sealed class ChainCheck(string tenant, AuditKeyRing keys, AnchorCheck anchors, AuditFindings findings, DateTimeOffset now)
{
    private readonly AuditCodes codes = new(keys);
    private readonly Dictionary<string, SeenChain> chains = new(StringComparer.Ordinal);
    private SeenChain? current;

    public long Records { get; private set; }

    public long RecordsAfterAnchors { get; private set; }

    public long RecordsWithoutKey { get; private set; }

    public IReadOnlyDictionary<string, SeenChain> Chains => chains;

    public void Add(Document<AuditRecord> stored)
    {
        Records++;
        if (!AuditRecord.TryParseId(stored.Id, out var writer, out var sequence))
        {
            findings.Add(AuditFault.RecordMisplaced, stored.Id, "The id is not one of ours.");
            return;
        }

        var record = stored.Value;
        var code = Judge(stored, out var itself);
        if (current?.Writer != writer)
        {
            Close();
            chains[writer] = current = new SeenChain(writer);
            CheckFirst(record, sequence, itself && code == AuditCode.Proven);
        }
        else
        {
            CheckNext(current, record, sequence);
        }

        Note(current, record, sequence, code);
    }

    /// <summary>After the last record; <paramref name="complete"/> when all could be read, so that what was not seen is not there.</summary>
    public void Finish(bool complete)
    {
        if (!complete)
        {
            var after = current is null ? "the beginning" : AuditRecord.IdOf(current.Writer, current.Last);
            findings.Add(AuditFault.Unreadable, after, $"The record after {after} cannot be read; neither it nor what comes after it was checked.");
            return;
        }

        Close();
        foreach (var head in anchors.Heads.Values.Where(h => !chains.ContainsKey(h.Writer) && h.ExpiresAt > now))
        {
            findings.Add(AuditFault.ChainRemoved, head.Writer, $"An anchor knows {head.Sequence} records of this chain; none is left, and their time is not over.");
        }
    }

    private AuditCode Judge(Document<AuditRecord> stored, out bool itself)
    {
        var record = stored.Value;
        itself = record.Id == stored.Id && record.Tenant == tenant;
        var code = record.Unknown is { Count: > 0 } ? AuditCode.Wrong : codes.Of(record);
        if (!itself)
        {
            findings.Add(AuditFault.RecordMisplaced, stored.Id, "The record says that it is another one.");
        }

        if (code == AuditCode.Wrong)
        {
            findings.Add(AuditFault.RecordEdited, stored.Id, "The record's content does not fit its code.");
        }

        return code;
    }

    /// <summary>The records before the first one may be missing only when the first itself proves that their time is over.</summary>
    private void CheckFirst(AuditRecord record, long sequence, bool proven)
    {
        if (sequence > 1 && !(proven && record.EarlierExpireBy <= now))
        {
            findings.Add(AuditFault.RecordRemoved, AuditRecord.IdOf(current!.Writer, 1), $"{sequence - 1} records up to {sequence - 1} are gone, and it is not proven that their time is over.");
        }
        else if (sequence == 1 && record.PreviousMac is not "")
        {
            findings.Add(AuditFault.ChainBroken, AuditRecord.IdOf(current!.Writer, 1), "The first record says that it follows another.");
        }
    }

    private void CheckNext(SeenChain chain, AuditRecord record, long sequence)
    {
        if (sequence != chain.Last + 1)
        {
            findings.Add(AuditFault.RecordRemoved, AuditRecord.IdOf(chain.Writer, chain.Last + 1), $"{sequence - chain.Last - 1} records up to {sequence - 1} are gone.");
        }
        else if (record.PreviousMac != chain.LastMac)
        {
            findings.Add(AuditFault.ChainBroken, AuditRecord.IdOf(chain.Writer, sequence), "The record does not follow the one before it.");
        }
    }

    private void Note(SeenChain chain, AuditRecord record, long sequence, AuditCode code)
    {
        (chain.Last, chain.LastMac) = (sequence, record.Mac);
        chain.Lasting += record.ExpiresAt > now + SeenChain.Lasts ? 1 : 0;
        if (code == AuditCode.UnknownKey)
        {
            chain.UnknownKey++;
        }
        else if (code == AuditCode.Checksum && keys.Current.Protects)
        {
            var vouched = sequence <= anchors.VouchedUpTo(chain.Writer);
            chain.Unprotected += vouched ? 0 : 1;
            RecordsWithoutKey += vouched ? 1 : 0;
        }

        if (anchors.Heads.TryGetValue(chain.Writer, out var head) && head.Sequence == sequence && head.Mac != record.Mac)
        {
            findings.Add(AuditFault.ChainReplaced, AuditRecord.IdOf(chain.Writer, sequence), "An anchor knows another record in this place.");
        }
    }

    private void Close()
    {
        if (current is not { } chain)
        {
            return;
        }

        if (chain.UnknownKey > 0)
        {
            findings.Add(AuditFault.UnknownKey, chain.Writer, $"{chain.UnknownKey} records of this chain carry a key that is not configured.");
        }

        if (chain.Unprotected > 0)
        {
            findings.Add(AuditFault.Unprotected, chain.Writer, $"{chain.Unprotected} records of this chain were written without a key, and no anchor vouches for them.");
        }

        var head = anchors.Heads.GetValueOrDefault(chain.Writer);
        if (head is { } && head.Sequence > chain.Last && head.ExpiresAt > now)
        {
            findings.Add(AuditFault.ChainTruncated, chain.Writer, $"The chain ends at {chain.Last}, but an anchor knows record {head.Sequence}.");
        }

        RecordsAfterAnchors += Math.Max(0, chain.Last - Math.Max(head?.Sequence ?? 0, 0));
    }
}

/// <summary>What was seen of one chain.</summary>
internal sealed class SeenChain(string writer)
{
    /// <summary>A record that lives so much longer does not expire while the trail is being verified.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    public string Writer { get; } = writer;

    public long Last { get; set; }

    public string? LastMac { get; set; }

    public long UnknownKey { get; set; }

    public long Unprotected { get; set; }

    /// <summary>Records that must be there in the second reading too.</summary>
    public long Lasting { get; set; }
}
