using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>A value of a conversation and what stands for it.</summary>
public sealed record Pseudonym
{
    public required SensitiveData Kind { get; init; }

    /// <summary>For example &lt;email-1&gt;.</summary>
    public required string Name { get; init; }

    /// <summary>The value itself: to be kept as the conversation is kept, encrypted at rest.</summary>
    public required string Value { get; init; }
}

/// <summary>
/// The pseudonyms of one conversation: the same value has the same name in all of it, so that a model can tell two people apart without knowing them. Personal
/// data only; credentials are masked for good. Safe for several threads.
/// </summary>
public sealed class Pseudonyms
{
    /// <summary>Names that a conversation has at most; further values are masked without one.</summary>
    public const int MaxCount = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<(SensitiveData Kind, string Value), Pseudonym> byValue = [];
    private readonly Dictionary<string, Pseudonym> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<SensitiveData, int> counts = [];

    public Pseudonyms()
    {
    }

    /// <summary>Goes on with what <see cref="Snapshot"/> gave.</summary>
    public Pseudonyms(IEnumerable<Pseudonym> stored)
    {
        foreach (var pseudonym in stored.Take(MaxCount))
        {
            byValue[(pseudonym.Kind, pseudonym.Value)] = pseudonym;
            byName[pseudonym.Name] = pseudonym;
            var number = int.Parse(pseudonym.Name.AsSpan(pseudonym.Name.LastIndexOf('-') + 1).TrimEnd('>'), CultureInfo.InvariantCulture);
            counts[pseudonym.Kind] = Math.Max(counts.GetValueOrDefault(pseudonym.Kind), number);
        }
    }

    /// <summary>In the order of their names, to be stored with the conversation.</summary>
    public IReadOnlyList<Pseudonym> Snapshot()
    {
        lock (gate)
        {
            return [.. byName.Values.OrderBy(p => p.Kind).ThenBy(p => p.Name.Length).ThenBy(p => p.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The text with the values of those classes that its reader may see; the same instance when there are none.</summary>
    public string Restore(string text, SensitiveData readable)
    {
        if (readable == SensitiveData.None || !text.Contains('<', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var kept = 0;
        lock (gate)
        {
            for (var open = text.IndexOf('<'); open >= 0; open = text.IndexOf('<', open + 1))
            {
                var close = text.AsSpan(open, Math.Min(32, text.Length - open)).IndexOf('>');
                if (close > 0 && byName.TryGetValue(text.Substring(open, close + 1), out var pseudonym) && (pseudonym.Kind & readable) != 0)
                {
                    result.Append(text, kept, open - kept).Append(pseudonym.Value);
                    kept = open + close + 1;
                }
            }
        }

        return kept == 0 ? text : result.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>The name of the value, a new one at first sight; null when the conversation has too many.</summary>
    internal string? For(SensitiveData kind, string value)
    {
        lock (gate)
        {
            if (byValue.TryGetValue((kind, value), out var known))
            {
                return known.Name;
            }

            if (byValue.Count >= MaxCount)
            {
                return null;
            }

            var number = counts[kind] = counts.GetValueOrDefault(kind) + 1;
            var made = new Pseudonym { Kind = kind, Value = value, Name = string.Create(CultureInfo.InvariantCulture, $"<{Word(kind)}-{number}>") };
            byValue[(kind, value)] = made;
            byName[made.Name] = made;
            return made.Name;
        }
    }

    internal static string Word(SensitiveData kind) => kind switch
    {
        SensitiveData.Email => "email",
        SensitiveData.Phone => "phone",
        SensitiveData.Card => "card",
        SensitiveData.Iban => "iban",
        SensitiveData.NationalId => "id",
        SensitiveData.IpAddress => "ip",
        _ => "value",
    };
}
