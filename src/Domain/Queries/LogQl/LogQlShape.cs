using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// What a query asks, part by part, so that two queries can be compared where their texts differ: the order of matchers, filters and labels does not count, and a
/// regular expression that is only characters counts as that text.
/// </summary>
/// <param name="Selector">Matchers as text, sorted, without repetition.</param>
/// <param name="Filters">Line filters and label filters as text, sorted.</param>
/// <param name="Parsers">Stages that are no filters, in their order: json, logfmt, regexp, ...</param>
/// <param name="Aggregation">The functions from the outside to the inside, such as <c>topk sum count_over_time</c>; empty for log lines.</param>
/// <param name="Grouping">Groupings from the outside to the inside, labels sorted.</param>
/// <param name="Range">Ranges and offsets as text, in their order.</param>
public sealed record LogQlShape(
    SyntaxList<string> Selector, SyntaxList<string> Filters, SyntaxList<string> Parsers, string Aggregation, string Grouping, SyntaxList<string> Range)
{
    public static LogQlShape Of(LogQlExpression expression)
    {
        var walk = new Walk();
        walk.Visit(expression);
        return new LogQlShape(
            [.. walk.Selector], [.. walk.Filters.Order(StringComparer.Ordinal)], [.. walk.Parsers], string.Join(' ', walk.Functions), string.Join(' ', walk.Groupings), [.. walk.Ranges]);
    }

    /// <summary>Whether selector, filters, aggregation with its grouping, and range are the same.</summary>
    public (bool Selector, bool Filters, bool Aggregation, bool Range) Compare(LogQlShape other) =>
        (Selector.Equals(other.Selector), Filters.Equals(other.Filters), Aggregation == other.Aggregation && Grouping == other.Grouping, Range.Equals(other.Range));

    private sealed class Walk : LogQlVisitor
    {
        internal SortedSet<string> Selector { get; } = new(StringComparer.Ordinal);

        internal List<string> Filters { get; } = [];

        internal List<string> Parsers { get; } = [];

        internal List<string> Functions { get; } = [];

        internal List<string> Groupings { get; } = [];

        internal List<string> Ranges { get; } = [];

        public override void Visit(LogQlExpression expression)
        {
            if (expression is LogNumber or LogVector)
            {
                Functions.Add(expression.ToString());
            }

            base.Visit(expression);
        }

        protected override void VisitSelector(StreamSelector selector)
        {
            foreach (var matcher in selector.Matchers)
            {
                Selector.Add(Plain(matcher));
            }
        }

        protected override void VisitVector(VectorAggregation aggregation)
        {
            var count = aggregation.Parameter is { } k ? $"({k})" : "";
            Functions.Add(LogQlWords.NameOf(aggregation.Function) + count);
            Group(aggregation.Grouping);
            base.VisitVector(aggregation);
        }

        protected override void VisitBinary(LogBinary binary)
        {
            Functions.Add(LogQlWords.SignOf(binary.Operator));
            base.VisitBinary(binary);
        }

        protected override void VisitLabelReplace(LogLabelReplace replace)
        {
            Functions.Add("label_replace");
            base.VisitLabelReplace(replace);
        }

        protected override void VisitRange(RangeAggregation aggregation)
        {
            var quantile = aggregation.Parameter is { } q ? $"({LogQlPrinter.Print(new LogNumber(q))})" : "";
            Functions.Add(LogQlWords.NameOf(aggregation.Function) + quantile);
            Group(aggregation.Grouping);
            var range = aggregation.Range;
            Ranges.Add(range.OffsetNanoseconds == 0
                ? QueryDuration.Format(range.RangeMilliseconds)
                : $"{QueryDuration.Format(range.RangeMilliseconds)} offset {QueryDuration.Format(range.OffsetNanoseconds / 1_000_000)}");
            base.VisitRange(aggregation);
        }

        protected override void VisitUnwrap(LogUnwrap unwrap)
        {
            Parsers.Add($"unwrap {LogQlWords.NameOf(unwrap.Conversion)} {unwrap.Label}");
            base.VisitUnwrap(unwrap);
        }

        protected override void VisitStage(LogQlStage stage)
        {
            switch (stage)
            {
                case LineFilterStage filter:
                    Filters.Add(Plain(filter));
                    break;
                case LabelFilterStage:
                    base.VisitStage(stage);
                    break;
                default:
                    Parsers.Add(LogQlPrinter.Print(stage));
                    break;
            }
        }

        protected override void VisitLabelFilter(LabelFilter filter)
        {
            // Both of two is the same as one after the other.
            if (filter is LabelAndFilter)
            {
                base.VisitLabelFilter(filter);
            }
            else
            {
                Filters.Add(filter is LabelTextFilter text ? Plain(text.Matcher) : LogQlPrinter.Print(new LabelFilterStage(filter)));
            }
        }

        private void Group(LogGrouping? grouping)
        {
            if (grouping is { } found && (found.Without || found.Labels.Count > 0))
            {
                Groupings.Add($"{(found.Without ? "without" : "by")}({string.Join(',', found.Labels.Order(StringComparer.Ordinal))})");
            }
        }

        private static string Plain(MatcherSyntax matcher) => matcher.IsRegex && Literal(matcher.Value) is { } literal
            ? $"{matcher.Label}{(matcher.Operator == MatchOperator.RegexMatch ? "=" : "!=")}{literal}"
            : $"{matcher.Label}{matcher.Sign}{matcher.Value}";

        private static string Plain(LineFilterStage filter)
        {
            var isRegex = filter.Match is LineMatch.Regex or LineMatch.NotRegex;
            var texts = filter.Texts.Select(t => (isRegex ? Literal(t.Text) : null) ?? t.Text).Order(StringComparer.Ordinal).ToList();
            var literal = isRegex && filter.Texts.All(t => Literal(t.Text) is not null);
            var match = literal ? filter.Match == LineMatch.Regex ? LineMatch.Contains : LineMatch.NotContains : filter.Match;
            return $"{LogQlWords.SignOf(match)} {string.Join(" or ", texts)}";
        }

        private static string? Literal(string pattern) => Re2Syntax.TryParse(pattern, out var syntax, out _, out _) ? syntax!.Literal : null;
    }
}
