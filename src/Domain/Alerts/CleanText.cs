using System.Buffers;

namespace Nightwatch.Domain.Alerts;

/// <summary>Makes text from outside safe to show and to log: control characters and those that reorder text for the eye are taken out.</summary>
internal static class CleanText
{
    private static readonly SearchValues<char> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(c => (char)c), '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff']);

    /// <summary>One line: each unwanted character becomes a space.</summary>
    public static string Line(string text) => Replace(text, keepLines: false);

    /// <summary>Several lines: line feeds and tabs stay.</summary>
    public static string Lines(string text) => Replace(text, keepLines: true);

    /// <summary>At most that many UTF-16 units, never half a surrogate pair, with an ellipsis when cut.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        if (length < 2)
        {
            return "";
        }

        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private static string Replace(string text, bool keepLines) =>
        !text.AsSpan().ContainsAny(Unwanted)
            ? text
            : string.Create(text.Length, (text, keepLines), static (span, state) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    var c = state.text[i];
                    span[i] = Unwanted.Contains(c) && !(state.keepLines && c is '\n' or '\t') ? ' ' : c;
                }
            });
}
