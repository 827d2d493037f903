namespace Nightwatch.Domain.Governance.Masking;

/// <content>How far a value goes, with quotes and without.</content>
internal static partial class Assignment
{
    /// <summary>Up to the same quote, with as many backslashes before it as the opening one had; otherwise to the end of the line.</summary>
    private static int Quoted(ReadOnlySpan<char> text, int at, int open)
    {
        var (quote, slashes) = (text[open - 1], open - 1 - at);
        for (var i = open; i < text.Length; i++)
        {
            var step = text[i..].IndexOfAny(quote, '\n');
            if (step < 0)
            {
                return text.Length - open;
            }

            i += step;
            var before = i;
            while (before > open && text[before - 1] == '\\')
            {
                before--;
            }

            if (text[i] == '\n' || i - before <= slashes || (slashes == 0 && (i - before) % 2 == 0))
            {
                return (text[i] == '\n' ? i : before == open || slashes == 0 ? i : i - Math.Min(slashes, i - before)) - open;
            }
        }

        return text.Length - open;
    }

    /// <summary>The next pair of a query follows, a shell's &amp;&amp;, or an end.</summary>
    private static bool EndsAtAmpersand(ReadOnlySpan<char> after)
    {
        var name = after[..Math.Min(after.Length, 64)].IndexOfAnyExcept(NameChars);
        return name is > 0 && after[name] is '=' or ';' || EndOfBare.Contains(after[0]);
    }

    /// <summary>The end of an unquoted value whose reading stopped at <see cref="MaxBare"/>.</summary>
    public static int End(ReadOnlySpan<char> text, int end)
    {
        var length = text[end..].IndexOfAny(EndOfBare);
        return length < 0 ? text.Length : end + length;
    }

    private static int Bare(ReadOnlySpan<char> all)
    {
        // Names may stand in values of names: each reads a bounded part only.
        var text = all[..Math.Min(all.Length, MaxBare)];
        var length = 0;
        while (true)
        {
            var step = text[length..].IndexOfAny(EndOfBare);
            length = step < 0 ? text.Length : length + step;
            if (step < 0 || text[length] != '&' || length + 1 >= text.Length || EndsAtAmpersand(text[(length + 1)..]))
            {
                break;
            }

            length++;
        }

        // \n, \" and the like end a value inside an escaped text.
        for (var i = 0; i + 1 < length && text[i..length].IndexOf('\\') is var slash and >= 0; i += slash + 1)
        {
            if (i + slash + 1 >= length || text[i + slash + 1] is 'n' or 'r' or 't' or '\\')
            {
                length = i + slash;
                break;
            }
        }

        while (length > 0 && ((text[length - 1] == ')' && text[..length].IndexOf('(') < 0) || (text[length - 1] == ']' && text[..length].IndexOf('[') < 0) || (text[length - 1] == '}' && text[..length].IndexOf('{') < 0)))
        {
            length--;
        }

        return length;
    }
}
