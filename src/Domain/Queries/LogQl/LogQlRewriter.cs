namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Makes a changed expression; what is not overridden stays, and parts that did not change are the same objects.</summary>
public abstract class LogQlRewriter
{
    public LogQlExpression Rewrite(LogQlExpression expression) => expression switch
    {
        LogQuery query => Query(query),
        LogQlMetric metric => Metric(metric),
        _ => throw new ArgumentException($"{expression.GetType().Name} is no LogQL expression", nameof(expression)),
    };

    protected virtual LogQlMetric Metric(LogQlMetric metric) => metric switch
    {
        RangeAggregation range => Range(range),
        VectorAggregation vector => Metric(vector.Operand) is var operand && ReferenceEquals(operand, vector.Operand) ? vector : vector with { Operand = operand },
        LogLabelReplace replace => Metric(replace.Operand) is var operand && ReferenceEquals(operand, replace.Operand)
            ? replace
            : replace with { Operand = operand },
        LogBinary binary => Binary(binary),
        _ => metric,
    };

    protected virtual LogQlMetric Range(RangeAggregation aggregation)
    {
        var range = Window(aggregation.Range);
        return ReferenceEquals(range, aggregation.Range) ? aggregation : aggregation with { Range = range };
    }

    /// <summary>The lines of a range and the range itself.</summary>
    protected virtual LogRange Window(LogRange range)
    {
        var query = Query(range.Query);
        return ReferenceEquals(query, range.Query) ? range : range with { Query = query };
    }

    protected virtual LogQuery Query(LogQuery query)
    {
        var selector = Selector(query.Selector);
        return ReferenceEquals(selector, query.Selector) ? query : query with { Selector = selector };
    }

    protected virtual StreamSelector Selector(StreamSelector selector) => selector;

    private LogBinary Binary(LogBinary binary)
    {
        var left = Metric(binary.Left);
        var right = Metric(binary.Right);
        return ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right) ? binary : binary with { Left = left, Right = right };
    }
}
