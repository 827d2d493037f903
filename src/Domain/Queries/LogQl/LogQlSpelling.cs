namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>What somebody probably meant by a word that is no function.</summary>
internal static class LogQlSpelling
{
    internal static string Unknown(string word)
    {
        var (best, distance) = ("", 4);
        if (word.Length <= 40)
        {
            foreach (var name in LogQlWords.Functions)
            {
                var own = Distance(word, name);
                (best, distance) = own < distance && own <= name.Length / 2 ? (name, own) : (best, distance);
            }
        }

        var shown = word.Length > 40 ? word[..40] + "..." : word;
        return distance switch
        {
            0 => $"{shown} needs its arguments: {shown}(...)",
            < 4 => $"there is no function {shown}; {best} may be meant",
            _ => $"{shown} is no function; a selector stands in braces, as in {{app=\"shop\"}}",
        };
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
            var (diagonal, lower) = (row[0], char.ToLowerInvariant(a[i - 1]));
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (lower == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
