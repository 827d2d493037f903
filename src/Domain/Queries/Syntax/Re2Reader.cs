using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>Reads a regular expression by recursive descent; the first thing that is wrong ends it.</summary>
internal sealed partial class Re2Reader(string pattern, bool angleNames)
{
    private int at;
    private int depth;

    // Where the \E of an open \Q stands; -1 outside.
    private int quoteEnd = -1;
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
        while (More && (quoteEnd >= 0 || pattern[at] is not ('|' or ')')))
        {
            var start = at;
            if (at == quoteEnd)
            {
                (at, quoteEnd) = (at + 2, -1);
                continue;
            }

            if (quoteEnd < 0 && TryRepetition(out var min, out var max, out var counted))
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
            if ((quoteEnd >= 0 ? Character() : Atom()) is { } operand)
            {
                node = node.Then(last);
                (last, any) = (operand, true);
            }
        }

        return node.Then(last);
    }

    /// <summary>One character, class, group or assertion; null for what only sets flags or begins a quotation.</summary>
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
                return Character();
        }
    }

    private Re2Node Character()
    {
        var length = char.IsSurrogate(pattern[at]) ? 2 : 1;
        literal?.Append(pattern, at, length);
        at += length;
        return Re2Node.Character;
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
