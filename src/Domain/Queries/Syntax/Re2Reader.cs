using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>Reads a regular expression by recursive descent; the first thing that is wrong ends it.</summary>
internal sealed partial class Re2Reader(string pattern, bool angleNames)
{
    private int at;
    private int depth;
    private StringBuilder? literal = new();
    private string problem = "";
    private SourceSpan span;

    private bool More => problem.Length == 0 && at < pattern.Length;

    internal Re2Syntax? Read(out string message, out SourceSpan where)
    {
        if (FirstSurrogate() is var bad and >= 0)
        {
            Fail("the regular expression holds a character that is no valid Unicode", bad, bad + 1);
        }

        var node = Alternatives();
        if (More)
        {
            Fail("the ')' here closes no group; write \\) for the character", at, at + 1);
        }

        message = problem;
        where = span;
        return problem.Length > 0
            ? null
            : new Re2Syntax
            {
                Cost = node.Cost,
                MatchesEmpty = node.Nullable,
                Literal = literal?.ToString(),
                Wildcards = node.Wildcards,
                LeadingWildcard = node.LeadingWildcard,
                MinLiterals = node.Literals,
                IsList = node.Exact,
            };
    }

    private Re2Node Alternatives()
    {
        var node = Sequence();
        while (More && pattern[at] == '|')
        {
            at++;
            literal = null;
            node = node.Or(Sequence());
        }

        return node;
    }

    private Re2Node Sequence()
    {
        var (node, last, any, repeated) = (Re2Node.Empty, Re2Node.Empty, false, -1);
        while (More && pattern[at] is not ('|' or ')'))
        {
            var start = at;
            if (TryRepetition(out var min, out var max, out var counted))
            {
                last = any ? Repeated(last, start, repeated, min, max, counted) : last;
                if (!any)
                {
                    Fail($"nothing stands before '{pattern[start..at]}' that it could repeat", start, at);
                }

                repeated = start;
                continue;
            }

            repeated = -1;
            if (Atom() is { } operand)
            {
                node = node.Then(last);
                (last, any) = (operand, true);
            }
        }

        return node.Then(last);
    }

    /// <param name="before">Where the repetition directly before this one begins; -1 without one.</param>
    private Re2Node Repeated(Re2Node operand, int start, int before, int min, int max, bool counted)
    {
        literal = null;
        if (before >= 0)
        {
            Fail($"'{pattern[before..at]}' repeats a repetition; put the first into a group", start, at);
        }

        if (counted && (min > Re2Syntax.MaxRepeat || max > Re2Syntax.MaxRepeat || (max >= 0 && min > max)))
        {
            Fail($"'{pattern[start..at]}' repeats more than {Re2Syntax.MaxRepeat} times or has its numbers the wrong way round", start, at);
            return operand;
        }

        var node = operand.Times(min, max, counted);
        if (counted && (min >= 2 || max >= 2) && node.Repeat > Re2Syntax.MaxRepeat)
        {
            Fail($"repetitions within each other make more than {Re2Syntax.MaxRepeat}", start, at);
        }

        at += at < pattern.Length && pattern[at] == '?' ? 1 : 0;
        return node;
    }

    /// <summary>One of <c>* + ? {2} {2,} {2,3}</c>; a brace that begins no repetition is a character.</summary>
    private bool TryRepetition(out int min, out int max, out bool counted)
    {
        (min, max, counted) = (0, -1, false);
        switch (pattern[at])
        {
            case '*':
                at++;
                return true;
            case '+':
                at++;
                min = 1;
                return true;
            case '?':
                at++;
                max = 1;
                return true;
            case '{':
                counted = true;
                return TryCount(out min, out max);
            default:
                return false;
        }
    }

    private bool TryCount(out int min, out int max)
    {
        var i = at + 1;
        max = -1;
        if (!TryNumber(ref i, out min) || i >= pattern.Length)
        {
            return false;
        }

        if (pattern[i] == ',')
        {
            i++;
            if (i < pattern.Length && pattern[i] != '}' && !TryNumber(ref i, out max))
            {
                return false;
            }
        }
        else
        {
            max = min;
        }

        if (i >= pattern.Length || pattern[i] != '}')
        {
            return false;
        }

        at = i + 1;
        return true;
    }

    /// <summary>A number without leading zeros, as Go reads it; one of more than eight digits is too large in any case.</summary>
    private bool TryNumber(ref int i, out int number)
    {
        var start = i;
        number = 0;
        while (i < pattern.Length && char.IsAsciiDigit(pattern[i]))
        {
            number = i - start > 8 ? int.MaxValue : (number * 10) + (pattern[i] - '0');
            i++;
        }

        return i > start && !(pattern[start] == '0' && i - start > 1);
    }

    /// <summary>One character, class, group or assertion; null for what only sets flags.</summary>
    private Re2Node? Atom()
    {
        switch (pattern[at])
        {
            case '(':
                return Group();
            case '[':
                literal = null;
                return Class();
            case '\\':
                return Escape();
            case '.':
                at++;
                literal = null;
                return Re2Node.Anything;
            case '^' or '$':
                at++;
                literal = null;
                return Re2Node.Assertion(true);
            default:
                var length = char.IsSurrogate(pattern[at]) ? 2 : 1;
                literal?.Append(pattern, at, length);
                at += length;
                return Re2Node.Character;
        }
    }

    private Re2Node? Group()
    {
        var start = at++;
        literal = null;
        var onlyFlags = false;
        if ((at < pattern.Length && pattern[at] == '?' && !TryGroupHead(start, out onlyFlags)) || onlyFlags)
        {
            return null;
        }

        if (++depth > Re2Syntax.MaxNesting)
        {
            Fail($"the regular expression nests deeper than {Re2Syntax.MaxNesting} groups", start, at);
            return null;
        }

        var node = Alternatives();
        depth--;
        if (at >= pattern.Length)
        {
            Fail("the group that begins here is not closed; a ')' is missing", start, start + 1);
        }

        at++;
        return node with { Cost = node.Cost + 1 };
    }

    private int FirstSurrogate()
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (char.IsSurrogate(pattern[i]))
            {
                if (i + 1 >= pattern.Length || !char.IsSurrogatePair(pattern[i], pattern[i + 1]))
                {
                    return i;
                }

                i++;
            }
        }

        return -1;
    }

    private void Fail(string message, int from, int to)
    {
        if (problem.Length == 0)
        {
            problem = message;
            span = SourceSpan.Between(Math.Min(from, pattern.Length), Math.Min(to, pattern.Length));
        }
    }
}
