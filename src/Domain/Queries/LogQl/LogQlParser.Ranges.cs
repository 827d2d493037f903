using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

public sealed partial class LogQlParser
{
    private RangeAggregation RangeCall()
    {
        var word = Take();
        var function = (RangeFunction)word.Index;
        var name = LogQlWords.NameOf(function);
        Expect(LogQlTokenKind.OpenParenthesis, Is(LogQlTokenKind.By) || Is(LogQlTokenKind.Without) ? $"( (by and without stand behind {name}(...))" : "(");
        double? parameter = null;
        if (Is(LogQlTokenKind.Number))
        {
            var number = Take();
            parameter = function == RangeFunction.QuantileOverTime
                ? NumberOf(number)
                : throw Error($"{name} takes no number in front of the selector; only quantile_over_time does", number.Span);
            Expect(LogQlTokenKind.Comma, "a comma");
        }
        else if (function == RangeFunction.QuantileOverTime)
        {
            throw Error("quantile_over_time needs the quantile first, as in quantile_over_time(0.99, ...)", token.Span);
        }

        var range = Range(name);
        Expect(LogQlTokenKind.CloseParenthesis, "a line filter, a stage or )");
        var grouping = TryGrouping();
        CheckRange(function, range, grouping, word.Span);
        return new RangeAggregation(function, parameter, range, grouping) { Span = From(word.Span.Start) };
    }

    private void CheckRange(RangeFunction function, LogRange range, LogGrouping? grouping, SourceSpan word)
    {
        var name = LogQlWords.NameOf(function);
        if (grouping is not null && !LogQlTypes.TakesGrouping(function))
        {
            throw Error($"{name} takes no by or without; put sum by (...) around it", grouping.Span);
        }

        if (range.Unwrap is { } unwrap && !LogQlTypes.TakesUnwrap(function))
        {
            throw Error($"{name} counts lines or bytes and takes no unwrap", unwrap.Span);
        }

        if (range.Unwrap is null && !LogQlTypes.TakesLines(function))
        {
            throw Error($"{name} needs a number of each line: add | unwrap LABEL in front of the range", word);
        }
    }

    /// <summary>
    /// Lines and their range. The range may stand behind the selector (then stages may follow) or behind the stages; parentheses may stand around the
    /// selector with its stages, in front of the range, or around all of it.
    /// </summary>
    private LogRange Range(string function)
    {
        Enter();
        var start = token.Span.Start;
        LogRange range;
        if (!TryTake(LogQlTokenKind.OpenParenthesis))
        {
            range = Unparenthesised(function);
        }
        else if (Is(LogQlTokenKind.OpenParenthesis))
        {
            range = Range(function);
            Expect(LogQlTokenKind.CloseParenthesis, ")");
        }
        else
        {
            range = Parenthesised(function, start);
        }

        depth--;
        return range;
    }

    private LogRange Unparenthesised(string function)
    {
        var start = token.Span.Start;
        var selector = SelectorOf(function);
        var (stages, unwrap) = Pipeline(true);
        var lines = From(start);
        var length = ExpectRange(function);
        var offset = Offset();
        if (stages.Count == 0 && unwrap is null)
        {
            (stages, unwrap) = Pipeline(true);
        }

        return Ranged(selector, stages, unwrap, (length, offset), lines, start);
    }

    private LogRange Parenthesised(string function, int start)
    {
        var first = token.Span.Start;
        var selector = SelectorOf(function);
        var (stages, unwrap) = Pipeline(true);
        var lines = From(first);
        if (TryTake(LogQlTokenKind.CloseParenthesis))
        {
            var length = ExpectRange(function);
            var offset = Offset();
            if (stages.Count == 0 && unwrap is null)
            {
                (stages, unwrap) = Pipeline(true);
                if (stages.Count > 0)
                {
                    throw Error("only | unwrap may follow the range when the selector stands in parentheses; put stages within them", stages[0].Span);
                }
            }

            return Ranged(selector, stages, unwrap, (length, offset), lines, start);
        }

        var within = ExpectRange(function);
        var back = Offset();
        if (stages.Count == 0 && unwrap is null)
        {
            (stages, unwrap) = Pipeline(true);
        }

        Expect(LogQlTokenKind.CloseParenthesis, ")");
        return Ranged(selector, stages, unwrap, (within, back), lines, first);
    }

    private LogRange Ranged(
        StreamSelector selector, SyntaxList<LogQlStage> stages, LogUnwrap? unwrap, (long Length, long Offset) window, SourceSpan lines, int start)
    {
        var query = new LogQuery(selector, stages) { Span = lines };
        return new LogRange(query, unwrap, window.Length, window.Offset) { Span = From(start) };
    }

    private StreamSelector SelectorOf(string function) =>
        Is(LogQlTokenKind.OpenBrace) ? Selector() : throw Unexpected($"the selector of {function}, such as {{app=\"shop\"}},");

    private long ExpectRange(string function) => Is(LogQlTokenKind.Range)
        ? Take().Amount
        : throw Unexpected($"a line filter, a stage or the range of {function}, such as [5m],");

    private long Offset()
    {
        if (!TryTake(LogQlTokenKind.Offset))
        {
            return 0;
        }

        return Expect(LogQlTokenKind.Duration, "the duration of offset, such as 1h (backwards) or -1h,").Amount;
    }

    private LogUnwrap Unwrap(int start)
    {
        Expect(LogQlTokenKind.Unwrap, "unwrap");
        var conversion = UnwrapConversion.None;
        string label;
        if (Is(LogQlTokenKind.Conversion))
        {
            conversion = (UnwrapConversion)Take().Index;
            Expect(LogQlTokenKind.OpenParenthesis, "(");
            label = ExpectLabel("the label that is unwrapped");
            Expect(LogQlTokenKind.CloseParenthesis, ")");
        }
        else
        {
            label = ExpectLabel("the label that is unwrapped, alone or in bytes(...), duration(...) or duration_seconds(...)");
        }

        var filters = new List<LabelFilter>();
        while (TryTake(LogQlTokenKind.Pipe))
        {
            filters.Add(Is(LogQlTokenKind.Identifier) || Is(LogQlTokenKind.OpenParenthesis)
                ? Filter()
                : throw Unexpected("a label filter (only those follow unwrap)"));
        }

        return new LogUnwrap(label, conversion, [.. filters]) { Span = From(start) };
    }
}
