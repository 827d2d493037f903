using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>Classes in brackets and what a backslash begins.</summary>
internal sealed partial class Re2Reader
{
    private static readonly HashSet<string> PosixClasses = new(StringComparer.Ordinal)
    {
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit",
    };

    private Re2Node Class()
    {
        var start = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        at += negated ? 1 : 0;
        for (var first = true; first || (at < pattern.Length && pattern[at] != ']'); first = false)
        {
            if (problem.Length > 0 || at >= pattern.Length)
            {
                break;
            }

            if (!TryPosix() && !TryClassEscape())
            {
                Range();
            }
        }

        if (problem.Length == 0 && at >= pattern.Length)
        {
            Fail("the class that begins here is not closed; a ']' is missing", start, start + 1);
        }

        at++;
        return negated ? Re2Node.Anything : Re2Node.Class;
    }

    private bool TryPosix()
    {
        if (!pattern.AsSpan(at).StartsWith("[:"))
        {
            return false;
        }

        var length = pattern.AsSpan(at + 2).IndexOf(":]", StringComparison.Ordinal);
        if (length < 0)
        {
            return false;
        }

        var name = pattern.Substring(at + 2, length).TrimStart('^');
        if (!PosixClasses.Contains(name) || length - name.Length > 1)
        {
            Fail($"there is no class [:{(name.Length > 20 ? name[..20] : name)}:]", at, at + length + 4);
        }

        at += length + 4;
        return true;
    }

    /// <summary><c>\d</c> and its like, and <c>\p{...}</c>.</summary>
    private bool TryClassEscape()
    {
        if (pattern[at] != '\\' || at + 1 >= pattern.Length || !"dDsSwWpP".Contains(pattern[at + 1], StringComparison.Ordinal))
        {
            return false;
        }

        if (pattern[at + 1] is 'p' or 'P')
        {
            UnicodeClass();
        }
        else
        {
            at += 2;
        }

        return true;
    }

    private void Range()
    {
        var start = at;
        var low = ClassCharacter();
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
        {
            return;
        }

        at++;
        var high = ClassCharacter();
        if (high < low)
        {
            Fail($"the range '{pattern[start..Math.Min(at, pattern.Length)]}' ends before it begins", start, at);
        }
    }

    private int ClassCharacter()
    {
        if (at >= pattern.Length)
        {
            return -1;
        }

        if (pattern[at] == '\\')
        {
            return EscapedCharacter();
        }

        var rune = Rune.GetRuneAt(pattern, at);
        at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private Re2Node Escape()
    {
        var start = at;
        switch (at + 1 < pattern.Length ? pattern[at + 1] : '\0')
        {
            case 'A' or 'z':
                (at, literal) = (at + 2, null);
                return Re2Node.Assertion(true);
            case 'b':
                (at, literal) = (at + 2, null);
                return Re2Node.Assertion(false);
            case 'B':
                (at, literal) = (at + 2, null);
                return Re2Node.Assertion(true);
            case 'd' or 's' or 'w':
                (at, literal) = (at + 2, null);
                return Re2Node.Class;
            case 'D' or 'S' or 'W':
                (at, literal) = (at + 2, null);
                return Re2Node.Anything;
            case 'p' or 'P':
                literal = null;
                UnicodeClass();
                return pattern[start + 1] == 'P' ? Re2Node.Anything : Re2Node.Class;
            case 'Q':
                return Quoted();
            default:
                var character = EscapedCharacter();
                literal?.Append(Rune.IsValid(character) ? new Rune(character).ToString() : "");
                return Re2Node.Character;
        }
    }

    /// <summary>Everything up to <c>\E</c> stands for itself. What follows repeats the last character of it.</summary>
    private Re2Node Quoted()
    {
        var begin = at + 2;
        var length = pattern.AsSpan(begin).IndexOf("\\E", StringComparison.Ordinal);
        if (length < 0)
        {
            // Go takes it, but Prometheus and Loki put their anchors behind the pattern, and these would be quoted too.
            Fail("\\Q is not ended by \\E", at, pattern.Length);
            at = pattern.Length;
            return Re2Node.Empty;
        }

        var text = pattern.Substring(begin, length);
        at = begin + length + 2;
        if (text.Length == 0)
        {
            // Nothing was put there that could be repeated; taking it as the empty text is what costs least.
            return Re2Node.Empty;
        }

        literal?.Append(text);
        return Re2Node.Character with { Cost = text.Length, Literals = text.Length };
    }

    private int EscapedCharacter()
    {
        var start = at++;
        if (at >= pattern.Length)
        {
            Fail("a backslash ends the regular expression; write \\\\ for the character", start, start + 1);
            return -1;
        }

        var c = pattern[at++];
        switch (c)
        {
            case >= '1' and <= '7' when at >= pattern.Length || pattern[at] is < '0' or > '7':
                Fail($"\\{c} is a back-reference, which RE2 does not have", start, at);
                return -1;
            case >= '0' and <= '7':
                return Octal(c - '0');
            case 'x':
                return Hexadecimal(start);
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                return c switch { 'a' => '\a', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => '\v' };
            case < (char)0x80 when !char.IsAsciiLetterOrDigit(c):
                return c;
            default:
                Fail($"\\{c} is no escape in a regular expression", start, at);
                return -1;
        }
    }

    private int Octal(int value)
    {
        for (var i = 0; i < 2 && at < pattern.Length && pattern[at] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (pattern[at++] - '0');
        }

        return value;
    }

    private int Hexadecimal(int start)
    {
        var braces = at < pattern.Length && pattern[at] == '{';
        at += braces ? 1 : 0;
        var (value, digits) = (0L, 0);
        while (at < pattern.Length && char.IsAsciiHexDigit(pattern[at]) && (braces || digits < 2))
        {
            value = Math.Min(int.MaxValue, (value * 16) + Convert.ToInt32(pattern[at].ToString(), 16));
            (at, digits) = (at + 1, digits + 1);
        }

        var closed = braces ? at < pattern.Length && pattern[at] == '}' && digits > 0 : digits == 2;
        at += closed && braces ? 1 : 0;
        if (!closed || value > 0x10FFFF)
        {
            Fail("\\x takes two hexadecimal digits, or a code point in braces up to \\x{10FFFF}", start, at);
            return -1;
        }

        return (int)value;
    }

    private void UnicodeClass()
    {
        var start = at;
        at += 2;
        var name = "";
        if (at < pattern.Length && pattern[at] == '{')
        {
            var length = pattern.AsSpan(at).IndexOf('}');
            name = length < 0 ? "" : pattern.Substring(at + 1, length - 1);
            at = length < 0 ? pattern.Length : at + length + 1;
        }
        else if (at < pattern.Length)
        {
            name = pattern[at++].ToString();
        }

        if (!UnicodeClasses.Contains(name.StartsWith('^') ? name[1..] : name))
        {
            Fail($"there is no Unicode category or script '{(name.Length > 30 ? name[..30] : name)}'", start, at);
        }
    }
}
