using System.Text;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>
/// Masks what its policy names. It looks for the forms of vendors, for names that tell, for structures (keys, headers, URLs, command lines) and for personal
/// data with a checksum or a distinct form. Every search is linear in the text.
/// </summary>
public sealed class TextMasker(MaskingPolicy policy) : IMasker
{
    public const string Masked = "[masked]";

    // Masking one thing may bring another to light; what is still found after so many rounds would not end.
    private const int MaxRounds = 4;

    public TextMasker()
        : this(MaskingPolicy.Default)
    {
    }

    public string Mask(string text) => MaskText(text, null);

    public string Mask(string text, Pseudonyms conversation) => MaskText(text, conversation);

    public string MaskValue(string name, string value)
    {
        if (policy.Covers(SensitiveData.NamedSecret) && NamedSecrets.MayTell(name) && NamedSecrets.IsSecret(name, value))
        {
            return Masked;
        }

        if (!policy.Covers(SensitiveData.Phone | SensitiveData.NationalId) || !NamedNumbers.MayTell(name) || value.Contains('\n'))
        {
            return Mask(value);
        }

        var told = Mask($"{name}: {value}");
        return told.Length == name.Length + 2 + value.Length && told.EndsWith(value, StringComparison.Ordinal) || !told.StartsWith(name, StringComparison.Ordinal) ? Mask(value) : told[(name.Length + 2)..];
    }

    /// <summary>Which classes are in the text, whatever the pseudonyms: for policies that refuse instead of mask.</summary>
    public SensitiveData Classify(string text)
    {
        var kinds = SensitiveData.None;
        for (var start = 0; start < text.Length;)
        {
            var end = TextBlocks.End(text, start, complete: true);
            var found = Search(text.AsSpan(start, end - start));
            kinds = found.Any ? found.Merge().Aggregate(kinds, (all, finding) => all | finding.Kind) : kinds;
            start = end;
        }

        return kinds;
    }

    private string MaskText(string text, Pseudonyms? conversation)
    {
        StringBuilder? result = null;
        var kept = 0;
        for (var start = 0; start < text.Length;)
        {
            var end = TextBlocks.End(text, start, complete: true);
            if (MaskBlock(text.AsSpan(start, end - start), conversation) is { } masked)
            {
                (result ??= new StringBuilder(text.Length)).Append(text, kept, start - kept).Append(masked);
                kept = end;
            }

            start = end;
        }

        return result is null ? text : result.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>The block masked, or null when there is nothing to mask.</summary>
    internal string? MaskBlock(ReadOnlySpan<char> block, Pseudonyms? conversation)
    {
        string? result = null;
        for (var round = 0; round < MaxRounds; round++)
        {
            var text = result ?? block;
            var found = Search(text);
            if (!found.Any)
            {
                return result;
            }

            var next = Replace(text, found.Merge(), conversation);
            if (next.AsSpan().SequenceEqual(text))
            {
                return result;
            }

            result = next;
        }

        return result;
    }

    private Findings Search(ReadOnlySpan<char> text)
    {
        var found = new Findings(policy.Classes);
        if (text.Length < 4)
        {
            return found;
        }

        if (policy.Covers(SensitiveData.Credentials))
        {
            PrivateKeys.Find(text, ref found);
            UrlCredentials.Find(text, ref found);
            Schemes.Find(text, ref found);
            CommandLines.Find(text, ref found);
            NamedSecrets.Find(text, ref found);
        }

        WordScanner.Find(text, ref found);
        Contacts.Emails(text, ref found);
        Contacts.Phones(text, ref found);
        NamedNumbers.Find(text, ref found);
        IpAddresses.Find(text, ref found);
        foreach (var pattern in policy.Covers(SensitiveData.Custom) ? policy.Custom : [])
        {
            pattern.Find(text, ref found);
        }

        return found;
    }

    private static string Replace(ReadOnlySpan<char> text, List<Finding> findings, Pseudonyms? conversation)
    {
        var result = new StringBuilder(text.Length);
        var kept = 0;
        foreach (var finding in findings)
        {
            var value = text[finding.Start..finding.End];
            result.Append(text[kept..finding.Start]).Append(Marker(finding, value, conversation));
            kept = finding.End;
        }

        return result.Append(text[kept..]).ToString();
    }

    private static string Marker(Finding finding, ReadOnlySpan<char> value, Pseudonyms? conversation)
    {
        // What stands inside a marker is there since masking; a credential is never kept, so it has no way back.
        if (SecretValues.IsMarker(value))
        {
            return value.ToString();
        }

        return finding.Label is { } label ? $"[masked {label}]"
            : (finding.Kind & SensitiveData.Credentials) != 0 ? Masked
            : conversation?.For(finding.Kind, value.ToString()) ?? $"[masked {Pseudonyms.Word(finding.Kind)}]";
    }
}
