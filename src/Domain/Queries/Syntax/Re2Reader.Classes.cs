using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>Classes in brackets.</summary>
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
}
