using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Where the value of a name stands.</summary>
/// <param name="Quoted">Between quotes or tags, so that it is data and not program code.</param>
/// <param name="Loose">Only a sentence or a blank joins them, so that the value may be any word.</param>
internal readonly record struct Value(int Start, int Length, bool Quoted, bool Loose);

/// <summary>Finds the value that a text gives to a name, in any of the syntaxes that configuration, program code and logs use.</summary>
internal static partial class Assignment
{
    public const int MaxBare = 4096;

    private static readonly SearchValues<char> EndOfBare = SearchValues.Create(" \t\r\n\"'`,;&<>\u0085\u2028");

    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]%");

    /// <param name="start">Of the name.</param>
    /// <param name="end">Behind the name.</param>
    /// <param name="maxGap">How many characters may stand between a name and its value.</param>
    public static bool TryRead(ReadOnlySpan<char> text, int start, int end, int maxGap, out Value value)
    {
        value = default;
        var limit = Math.Min(text.Length, end + maxGap);
        var at = SkipQuote(text, end, limit);
        var named = start > 0 && text[start - 1] is '"' or '\'' or '`';
        at = at < limit && named && text[at] == ']' ? at + 1 : at;
        var blank = Skip(text, at, limit);
        if (blank >= limit)
        {
            return false;
        }

        var tag = text[blank] == '>' && at == end && start > 0 && text[start - 1] is '<' or ':' && blank + 1 < limit && !char.IsWhiteSpace(text[blank + 1]);
        var sign = tag ? blank + 1 : Sign(text, blank, limit);
        if (sign > 0)
        {
            return Read(text, sign, limit, tag, loose: false, out value);
        }

        if (text[blank] is '"' or '\'' or ',' or ';' or '\n' or '\r' or '\\' or 'v' && Pair(text, at, limit) is var pair and > 0)
        {
            return Read(text, pair, limit, false, loose: false, out value);
        }

        // f("api_token", "..."): both quoted.
        if (named && text[blank] == ',' && Skip(text, blank + 1, limit) is var argument && argument < limit && text[argument] is '"' or '\'')
        {
            return Read(text, argument, limit, false, loose: false, out value);
        }

        var flag = start > 0 && text[start - 1] == '-' && blank > end && text[blank] is not ('-' or '|' or '>' or '<' or '\n' or '\\');
        return flag ? Read(text, blank, limit, false, loose: start == 1 || text[start - 2] != '-', out value)
            : Says(text, blank, limit) is var said and > 0 ? Read(text, said, limit, false, loose: true, out value)
            : blank == end + 1 && IsRandomWord(text, blank, out value);
    }

    private static int Skip(ReadOnlySpan<char> text, int at, int limit)
    {
        while (at < limit && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }

    private static int SkipQuote(ReadOnlySpan<char> text, int at, int limit)
    {
        var quote = at;
        while (quote < limit && quote < at + 4 && text[quote] == '\\')
        {
            quote++;
        }

        return quote < limit && text[quote] is '"' or '\'' or '`' ? quote + 1 : at;
    }

    /// <summary>Behind =, :, :=, ::=, ?=, +=, => or %3D; 0 at a comparison and elsewhere.</summary>
    private static int Sign(ReadOnlySpan<char> text, int at, int limit)
    {
        var end = at;
        while (end < limit && end < at + 5 && text[end] is ':' or '=' or '?' or '+' or '|')
        {
            end++;
        }

        var sign = text[at..end];
        if (sign.Length == 0)
        {
            return text[at..limit].StartsWith("%3D", StringComparison.OrdinalIgnoreCase) ? at + 3 : 0;
        }

        if (sign is "=" && end < limit && text[end] == '>')
        {
            return end + 1;
        }

        return sign is ":" or "=" or ":=" or "::=" or ":::=" or "?=" or "+=" or "|=" or "||=" ? end : 0;
    }

    /// <summary>Behind the sign of value in { name: DB_PASSWORD, value: ... }, on the same or the next line.</summary>
    private static int Pair(ReadOnlySpan<char> text, int at, int limit)
    {
        var gap = text[at..limit];
        var word = gap.IndexOf("value", StringComparison.OrdinalIgnoreCase);
        if (word < 0)
        {
            return 0;
        }

        foreach (var c in gap[..word])
        {
            if (!char.IsWhiteSpace(c) && !char.IsAsciiLetter(c) && c is not ('"' or '\'' or ',' or '_' or '\\' or ';'))
            {
                return 0;
            }
        }

        var behind = Skip(text, SkipQuote(text, at + word + 5, limit), limit);
        return behind < limit && word > 0 ? Sign(text, behind, limit) : 0;
    }

    /// <summary>Behind "is", "was", "of" and the like.</summary>
    private static int Says(ReadOnlySpan<char> text, int at, int limit)
    {
        foreach (var verb in (ReadOnlySpan<string>)["is set to ", "set to ", "is ", "was ", "equals "])
        {
            if (text[at..limit].StartsWith(verb, StringComparison.OrdinalIgnoreCase) && at > 0 && text[at - 1] == ' ')
            {
                return at + verb.Length;
            }
        }

        return 0;
    }

    /// <summary>"password 9f86..." as in a netrc file: only what no sentence has there.</summary>
    private static bool IsRandomWord(ReadOnlySpan<char> text, int at, out Value value)
    {
        value = new Value(at, Bare(text[at..]), false, true);
        return value.Length >= 12 && SecretValues.IsRandom(text.Slice(at, value.Length));
    }

    private static bool Read(ReadOnlySpan<char> text, int at, int limit, bool tag, bool loose, out Value value)
    {
        value = default;
        at = Skip(text, at, limit);
        // A block scalar of YAML, or a value on the next line: the block ends with the line unless the value is there.
        if (at < limit && text[at] is '|' or '>' && !tag)
        {
            at = text[at..limit].IndexOf('\n') is var line and >= 0 and < 4 ? at + line : at;
        }

        if (at < limit && text[at] is '\r' or '\n')
        {
            // Only after a colon, and only when the value is set in from the margin or quoted.
            if (text[at - 1] is '=' || (at = NextLine(text, at, limit)) == 0)
            {
                return false;
            }
        }

        if (at >= text.Length)
        {
            return false;
        }

        // b'..', r"..", @"..", $"..".
        at = at + 1 < text.Length && text[at] is 'b' or 'r' or 'u' or 'f' or '@' or '$' && text[at + 1] is '"' or '\'' ? at + 1 : at;
        var open = SkipQuote(text, at, text.Length);
        if (tag)
        {
            var close = text[at..].IndexOf('<');
            value = new Value(at, close < 0 ? text.Length - at : close, true, false);
        }
        else if (open > at)
        {
            value = new Value(open, Quoted(text, at, open), true, loose);
        }
        else
        {
            value = new Value(at, Bare(text[at..]), false, loose);
        }

        return value.Length > 0;
    }

    private static int NextLine(ReadOnlySpan<char> text, int at, int limit)
    {
        var line = at;
        while (at < limit && text[at] is '\r' or '\n' or ' ' or '\t')
        {
            line = text[at] == '\n' ? at + 1 : line;
            at++;
        }

        return at < limit && (at > line || text[at] is '"' or '\'') && text[line..].IndexOf('\n') is var end && !(end < 0 ? text[line..] : text.Slice(line, end)).TrimEnd().EndsWith(":") ? at : 0;
    }
}
