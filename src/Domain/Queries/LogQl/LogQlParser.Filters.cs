using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public sealed partial class LogQlParser
{
    private enum Join
    {
        /// <summary>A comma or nothing between two filters: both, with the rest of the stage on the right.</summary>
        Beside,
        Or,
        And,
    }

    /// <summary>
    /// Filters and what joins them. "and" binds tighter than "or", both from the left; a comma or mere juxtaposition takes everything that follows as its right
    /// side, which is how Loki's grammar settles it: <c>a or b, c</c> is <c>a or (b and c)</c>.
    /// </summary>
    private LabelFilter Filter()
    {
        Enter();
        var filters = new Stack<LabelFilter>();
        var joins = new Stack<Join>();
        filters.Push(OneFilter());
        while (TryJoin() is { } next)
        {
            while (joins.TryPeek(out var top) && top != Join.Beside && next != Join.Beside && top >= next)
            {
                Reduce(filters, joins.Pop());
            }

            joins.Push(next);
            filters.Push(OneFilter());
        }

        while (joins.TryPop(out var rest))
        {
            Reduce(filters, rest);
        }

        depth--;
        return filters.Pop();
    }

    private static void Reduce(Stack<LabelFilter> filters, Join join)
    {
        var right = filters.Pop();
        var left = filters.Pop();
        var span = left.Span.To(right.Span);
        filters.Push(join == Join.Or ? new LabelOrFilter(left, right) { Span = span } : new LabelAndFilter(left, right) { Span = span });
    }

    private Join? TryJoin()
    {
        Join? join = token switch
        {
            { Kind: LogQlTokenKind.Comma or LogQlTokenKind.Identifier or LogQlTokenKind.OpenParenthesis } => Join.Beside,
            _ when token.Is(LogQlOperator.And) => Join.And,
            _ when token.Is(LogQlOperator.Or) => Join.Or,
            _ => null,
        };
        if (join is not null)
        {
            CountOperator(token.Span);
            if (Is(LogQlTokenKind.Comma) || Is(LogQlTokenKind.Operator))
            {
                Take();
            }
        }

        return join;
    }

    private LabelFilter OneFilter()
    {
        if (TryTake(LogQlTokenKind.OpenParenthesis))
        {
            var filter = Filter();
            Expect(LogQlTokenKind.CloseParenthesis, "and, or or )");
            return filter;
        }

        var label = Expect(LogQlTokenKind.Identifier, "a label filter such as level=\"error\" or status >= 500");
        if (Is(LogQlTokenKind.RegexMatch) || token is { Kind: LogQlTokenKind.LineFilter, Index: (int)LineMatch.NotRegex })
        {
            return TextFilter(label, Textual()!.Value);
        }

        var sign = token;
        var comparison = Comparison(label);
        Take();
        var name = NameOf(label);
        switch (token.Kind)
        {
            case LogQlTokenKind.Text when Matches(sign) is { } matchOperator:
                return TextFilter(label, matchOperator);
            case LogQlTokenKind.Text:
                throw Error($"a text is compared with =, !=, =~ or !~, not with {LogQlWords.SignOf(comparison)}", sign.Span);
            case LogQlTokenKind.Ip when Matches(sign) is { } matchOperator:
                Take();
                var range = IpRange();
                return new LabelIpFilter(name, matchOperator == MatchOperator.NotEqual, range) { Span = From(label.Span.Start) };
            case LogQlTokenKind.Ip:
                throw Error("ip(...) is compared with = or !=", sign.Span);
            case LogQlTokenKind.Duration:
                return new LabelDurationFilter(name, comparison, Take().Amount) { Span = From(label.Span.Start) };
            case LogQlTokenKind.Bytes:
                return new LabelBytesFilter(name, comparison, unchecked((ulong)Take().Amount)) { Span = From(label.Span.Start) };
            case LogQlTokenKind.Number:
                return new LabelNumberFilter(name, comparison, NumberOf(Take())) { Span = From(label.Span.Start) };
            case LogQlTokenKind.Operator when token.Is(LogQlOperator.Add) || token.Is(LogQlOperator.Subtract):
                return new LabelNumberFilter(name, comparison, Signed().Value) { Span = From(label.Span.Start) };
            default:
                throw Unexpected($"a text in quotes, a number, a duration such as 250ms, a size such as 20MB or ip(...) to compare {name} with");
        }
    }

    private LabelTextFilter TextFilter(LogQlToken label, MatchOperator matchOperator)
    {
        var unused = false;
        return new LabelTextFilter(Matcher(label, matchOperator, ref unused, false)) { Span = From(label.Span.Start) };
    }

    private LabelComparison Comparison(LogQlToken label) => token switch
    {
        { Kind: LogQlTokenKind.Assign } => LabelComparison.Equal,
        { Kind: LogQlTokenKind.Operator } when LogQlWords.IsComparison((LogQlOperator)token.Index) =>
            (LabelComparison)(token.Index - (int)LogQlOperator.Equal),
        _ => throw Unexpected($"a comparison (=, !=, =~, !~, ==, >, >=, <, <=) behind the label {NameOf(label)}"),
    };

    private static MatchOperator? Matches(LogQlToken sign) => sign.Kind == LogQlTokenKind.Assign
        ? MatchOperator.Equal
        : sign.Is(LogQlOperator.NotEqual) ? MatchOperator.NotEqual : null;
}
