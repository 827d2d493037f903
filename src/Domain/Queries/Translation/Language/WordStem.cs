namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>Brings the forms of an English word together: plurals, -ed and -ing. The same rule is used on both sides of every comparison, so it need not give a word.</summary>
public static class WordStem
{
    public static string Of(string lower)
    {
        var word = lower.EndsWith("'s", StringComparison.Ordinal) ? lower[..^2] : lower;
        if (word.Length < 4 || !char.IsAsciiLetterLower(word[^1]))
        {
            return word;
        }

        word = Singular(word);
        if (word.Length >= 6 && word.EndsWith("ing", StringComparison.Ordinal))
        {
            return Undouble(word[..^3]);
        }

        return word.Length >= 5 && word.EndsWith("ed", StringComparison.Ordinal) && !word.EndsWith("eed", StringComparison.Ordinal) ? Undouble(word[..^2]) : TrimE(word);
    }

    private static string Singular(string word)
    {
        if (word[^1] != 's' || word[^2] is 's' or 'u' or 'i')
        {
            return word;
        }

        if (word.EndsWith("ies", StringComparison.Ordinal))
        {
            return word.Length > 4 ? word[..^3] + "y" : word;
        }

        return word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal)
            ? word[..^2]
            : word[..^1];
    }

    private static string Undouble(string word) =>
        word.Length > 3 && word[^1] == word[^2] && word[^1] is not ('l' or 's' or 'z') ? word[..^1] : TrimE(word);

    // "release", "released" and "releasing" meet without their e.
    private static string TrimE(string word) => word.Length > 4 && word[^1] == 'e' ? word[..^1] : word;
}
