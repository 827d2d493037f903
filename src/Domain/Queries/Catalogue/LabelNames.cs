using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>The values of labels, found by how people write them: other capitals, other separators, a slip, the name without its ending.</summary>
internal sealed class LabelNames
{
    private const int MaxNames = 100_000;
    private readonly Dictionary<string, List<(string Label, string Value)>> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<string>> byLength = [];
    private readonly HashSet<string> labels = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Labels => labels;

    /// <summary>Letters and digits in small letters: payment_gateway, Payment-Gateway and "payment gateway" are one.</summary>
    public static string KeyOf(ReadOnlySpan<char> text)
    {
        Span<char> key = stackalloc char[Math.Min(text.Length, 256)];
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) && length < key.Length)
            {
                key[length++] = char.ToLowerInvariant(c);
            }
        }

        return key[..length].ToString();
    }

    public void Add(string label, string value)
    {
        labels.Add(label);
        var key = KeyOf(value);
        if (key.Length < 2 || byKey.Count >= MaxNames || !key.Any(char.IsLetter) && !value.Contains('.', StringComparison.Ordinal))
        {
            return;
        }

        var places = byKey.TryGetValue(key, out var known) ? known : byKey[key] = [];
        if (!places.Contains((label, value)))
        {
            places.Add((label, value));
        }
    }

    public LabelNames Freeze()
    {
        foreach (var key in byKey.Keys)
        {
            (byLength.TryGetValue(key.Length, out var keys) ? keys : byLength[key.Length] = []).Add(key);
        }

        return this;
    }

    /// <summary>The places of exactly this name.</summary>
    public IReadOnlyList<(string Label, string Value)> Find(ReadOnlySpan<char> text) => byKey.TryGetValue(KeyOf(text), out var places) ? places : [];

    /// <summary>The places of the name that was probably meant.</summary>
    public IReadOnlyList<(string Label, string Value)> FindNear(ReadOnlySpan<char> text)
    {
        var key = KeyOf(text);
        var allowed = EditDistance.Allowed(key.Length);
        var (best, at) = ((string?)null, allowed + 1);
        for (var length = key.Length - allowed; allowed > 0 && length <= key.Length + allowed; length++)
        {
            foreach (var name in byLength.GetValueOrDefault(length) ?? [])
            {
                // host1 is not a slip of host2.
                var distance = name[0] == key[0] && name.Where(char.IsAsciiDigit).SequenceEqual(key.Where(char.IsAsciiDigit)) ? EditDistance.Bounded(key, name, Math.Min(allowed, at)) : allowed + 1;
                (best, at) = distance < at ? (name, distance) : (best, at);
            }
        }

        return best is null ? [] : byKey[best];
    }

    /// <summary>Values that begin with the text or hold it as a part: what to ask back with.</summary>
    public IReadOnlyList<(string Label, string Value)> Like(ReadOnlySpan<char> text, int limit)
    {
        var key = KeyOf(text);
        return key.Length < 3 ? [] : [.. byKey.Where(k => k.Key.StartsWith(key, StringComparison.Ordinal) || (key.Length > 3 && k.Key.Contains(key, StringComparison.Ordinal)))
            .SelectMany(k => k.Value).OrderBy(p => p.Value.Length).ThenBy(p => p.Value, StringComparer.Ordinal).Take(limit)];
    }
}
