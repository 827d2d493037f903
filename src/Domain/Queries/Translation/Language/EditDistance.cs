namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>Damerau-Levenshtein distance (optimal string alignment), given up as soon as it is past the bound. Source: Boytsov 2011, "Indexing methods for approximate dictionary searching".</summary>
internal static class EditDistance
{
    private const int MaxWord = 64;

    /// <summary>The slips forgiven in a word of this length.</summary>
    public static int Allowed(int length) => length switch { < 4 => 0, < 8 => 1, _ => 2 };

    /// <summary>The distance, or <paramref name="bound"/> + 1 when it is larger.</summary>
    public static int Bounded(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int bound)
    {
        if (Math.Abs(a.Length - b.Length) > bound || a.Length > MaxWord || b.Length > MaxWord)
        {
            return bound + 1;
        }

        Span<int> rows = stackalloc int[3 * (MaxWord + 1)];
        var before = rows[..(b.Length + 1)];
        var last = rows.Slice(MaxWord + 1, b.Length + 1);
        var current = rows.Slice(2 * (MaxWord + 1), b.Length + 1);
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var best = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                value = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] ? Math.Min(value, before[j - 2] + 1) : value;
                current[j] = value;
                best = Math.Min(best, value);
            }

            if (best > bound)
            {
                return bound + 1;
            }

            var free = before;
            before = last;
            last = current;
            current = free;
        }

        return Math.Min(last[b.Length], bound + 1);
    }
}
