using System.Globalization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// Checks a tenant's anchors, those outside of the store first, and keeps the furthest head that they know of each chain. Only anchors with a good code count.
/// </summary>
internal sealed class AnchorCheck(string tenant, AuditKeyRing keys, AuditFindings findings, DateTimeOffset now)
{
    private readonly AuditCodes codes = new(keys);
    private readonly Dictionary<long, (string Mac, DateTimeOffset ExpiresAt, string Place)> outside = [];
    private readonly Dictionary<string, AuditHead> heads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> vouched = new(StringComparer.Ordinal);
    private readonly List<AuditAnchor> withoutKey = [];
    private (long Number, string Mac)? previous;
    private bool seenProven;

    public long Anchors { get; private set; }

    public long OutsideAnchors { get; private set; }

    /// <summary>The furthest head of each chain.</summary>
    public IReadOnlyDictionary<string, AuditHead> Heads => heads;

    /// <summary>Up to which record a proven anchor stands for the chain; 0 for none.</summary>
    public long VouchedUpTo(string writer) => vouched.GetValueOrDefault(writer);

    public void AddOutside(OutsideAnchor found)
    {
        if (found.Anchor is not { } anchor)
        {
            findings.Add(AuditFault.OutsideAnchorUnreadable, found.Place, "What is written here is not an anchor.");
            return;
        }

        if (anchor.Tenant != tenant)
        {
            return;
        }

        OutsideAnchors++;
        var code = Judge(anchor, found.Place);
        if (code is not (AuditCode.Proven or AuditCode.Checksum))
        {
            return;
        }

        if (outside.TryGetValue(anchor.Number, out var known) && known.Mac != anchor.Mac)
        {
            findings.Add(AuditFault.AnchorReplaced, found.Place, $"Anchor {anchor.Number} is also at {known.Place}, with other content.");
        }

        outside[anchor.Number] = (anchor.Mac, anchor.ExpiresAt, found.Place);
        if (code == AuditCode.Proven || !keys.Current.Protects)
        {
            Count(anchor, vouches: code == AuditCode.Proven, found.Place);
        }
    }

    public void AddStored(Document<AuditAnchor> stored)
    {
        var anchor = stored.Value;
        if (!long.TryParse(stored.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || anchor.Id != stored.Id || anchor.Tenant != tenant)
        {
            findings.Add(AuditFault.AnchorEdited, stored.Id, "The anchor says that it is another one.");
            return;
        }

        Anchors++;
        var code = Judge(anchor, stored.Id);
        var follows = CheckPlace(anchor, number, code);
        if (outside.Remove(number, out var known) && known.Mac != anchor.Mac)
        {
            findings.Add(AuditFault.AnchorReplaced, stored.Id, $"{known.Place} holds another anchor with this number.");
        }

        Trust(anchor, code, follows);
        previous = (number, anchor.Mac);
    }

    /// <summary>After the last stored anchor: what is known outside must have been in the store.</summary>
    public void Finish()
    {
        foreach (var (number, known) in outside.Where(pair => pair.Value.ExpiresAt > now).OrderBy(pair => pair.Key))
        {
            findings.Add(AuditFault.AnchorRemoved, AuditAnchor.IdOf(number), $"The anchor is at {known.Place}, but not in the store.");
        }

        if (withoutKey.Count > 0 && keys.Current.Protects)
        {
            findings.Add(AuditFault.Unprotected, withoutKey[0].Id, $"{withoutKey.Count} anchors were written without a key, and none with a key came after them.");
        }
    }

    private AuditCode Judge(AuditAnchor anchor, string where)
    {
        var code = anchor.Unknown is { Count: > 0 } || anchor.Heads is null || anchor.Heads.Any(h => h?.Writer is null) ? AuditCode.Wrong : codes.Of(anchor);
        if (code == AuditCode.Wrong)
        {
            findings.Add(AuditFault.AnchorEdited, where, "The anchor's content does not fit its code.");
        }
        else if (code == AuditCode.UnknownKey)
        {
            findings.Add(AuditFault.UnknownKey, where, $"The anchor carries key {anchor.KeyId}, which is not configured.");
        }

        return code;
    }

    /// <summary>Whether the anchor follows the one before it, in number and in code.</summary>
    private bool CheckPlace(AuditAnchor anchor, long number, AuditCode code)
    {
        if (previous is not { } before)
        {
            var mayBeFirst = number == 1 || (code == AuditCode.Proven && anchor.EarlierExpireBy <= now);
            if (!mayBeFirst)
            {
                findings.Add(AuditFault.AnchorRemoved, anchor.Id, $"{number - 1} anchors before this one are gone, and their time is not over.");
            }

            return mayBeFirst;
        }

        if (number != before.Number + 1)
        {
            findings.Add(AuditFault.AnchorRemoved, anchor.Id, $"{number - before.Number - 1} anchors before this one are gone.");
            return false;
        }

        if (anchor.PreviousMac != before.Mac)
        {
            findings.Add(AuditFault.AnchorReplaced, anchor.Id, "The anchor does not follow the one before it.");
            return false;
        }

        return true;
    }

    /// <summary>An anchor without a key counts once one with a key has followed it in the same chain; behind one with a key there is none without.</summary>
    private void Trust(AuditAnchor anchor, AuditCode code, bool follows)
    {
        if (!follows)
        {
            withoutKey.Clear();
        }

        if (code == AuditCode.Checksum)
        {
            if (seenProven)
            {
                findings.Add(AuditFault.Unprotected, anchor.Id, "The anchor was written without a key, though earlier ones have one.");
                return;
            }

            withoutKey.Add(anchor);
            if (!keys.Current.Protects)
            {
                Count(anchor, vouches: false, anchor.Id);
            }
        }
        else if (code == AuditCode.Proven)
        {
            seenProven = true;
            withoutKey.ForEach(earlier => Count(earlier, vouches: true, earlier.Id));
            withoutKey.Clear();
            Count(anchor, vouches: true, anchor.Id);
        }
    }

    private void Count(AuditAnchor anchor, bool vouches, string where)
    {
        foreach (var head in anchor.Heads)
        {
            if (!heads.TryGetValue(head.Writer, out var known) || known.Sequence < head.Sequence)
            {
                heads[head.Writer] = head;
            }
            else if (known.Sequence == head.Sequence && known.Mac != head.Mac)
            {
                findings.Add(AuditFault.ChainReplaced, where, $"Two anchors know different records {AuditRecord.IdOf(head.Writer, head.Sequence)}.");
            }

            if (vouches)
            {
                vouched[head.Writer] = Math.Max(VouchedUpTo(head.Writer), head.Sequence);
            }
        }
    }
}
