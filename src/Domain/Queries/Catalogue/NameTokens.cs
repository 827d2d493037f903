using Nightwatch.Domain.Queries.Translation.Language;

namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>The parts of metric names and helps as the index keeps them: stems, without the words that say only the unit or the type.</summary>
internal static class NameTokens
{
    private const int MaxHelp = 160;

    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal)
    {
        "total", "second", "byt", "count", "sum", "bucket", "ratio", "info", "the", "of", "a", "an", "and", "in", "for", "to", "is", "by", "or", "with", "number", "this", "that", "from", "on", "at", "be",
        "as", "it", "are", "has", "have", "been", "was", "were", "its", "which", "metric", "value", "current", "currently", "when", "if", "per", "how", "many", "what", "whether", "not", "sinc", "sec", "tim", "time",
    };

    public static bool IsIgnored(string stem) => Ignored.Contains(stem);

    /// <summary>Calls back with each part of a name; parts are cut at _, : and . and at the humps of camelCase.</summary>
    public static void OfName<TState>(string name, TState state, Action<ReadOnlySpan<char>, TState> part)
    {
        var start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            var cut = i == name.Length || name[i] is '_' or ':' or '.' or '-' or '/';
            var hump = !cut && i > start && char.IsAsciiLetterUpper(name[i]) && char.IsAsciiLetterLower(name[i - 1]);
            if ((cut || hump) && i > start)
            {
                part(name.AsSpan(start, i - start), state);
            }

            start = cut ? i + 1 : hump ? i : start;
        }
    }

    public static void OfHelp<TState>(string help, TState state, Action<ReadOnlySpan<char>, TState> part)
    {
        var text = help.AsSpan(0, Math.Min(help.Length, MaxHelp));
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var letter = i < text.Length && char.IsAsciiLetterOrDigit(text[i]);
            if (letter)
            {
                start = start < 0 ? i : start;
                continue;
            }

            if (start >= 0 && i - start is > 1 and < 30)
            {
                part(text[start..i], state);
            }

            start = -1;
        }
    }

    public static string Stem(ReadOnlySpan<char> part) => WordStem.Of(part.ToString().ToLowerInvariant());
}
