namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>The nearest of known words to a misspelt one.</summary>
internal static class PromQlSpelling
{
    private const int LongestWord = 40;

    /// <summary>At most a third of the letters may differ (Levenshtein distance).</summary>
    internal static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        var lower = word.ToLowerInvariant();
        var best = known.Select(k => (Word: k, Distance: Distance(lower, k))).MinBy(k => k.Distance);
        return best.Distance <= Math.Max(1, word.Length / 3) ? best.Word : null;
    }

    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
