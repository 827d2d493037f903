namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Walks an expression, each part before those within it. An override that still wants the inner parts calls its base.</summary>
public abstract class LogQlVisitor
{
    public virtual void Visit(LogQlExpression expression)
    {
        switch (expression)
        {
            case LogQuery query:
                VisitQuery(query);
                break;
            case RangeAggregation range:
                VisitRange(range);
                break;
            case VectorAggregation vector:
                VisitVector(vector);
                break;
            case LogBinary binary:
                VisitBinary(binary);
                break;
            case LogLabelReplace replace:
                VisitLabelReplace(replace);
                break;
            default:
                break;
        }
    }

    protected virtual void VisitQuery(LogQuery query)
    {
        VisitSelector(query.Selector);
        foreach (var stage in query.Stages)
        {
            VisitStage(stage);
        }
    }

    protected virtual void VisitRange(RangeAggregation aggregation)
    {
        VisitQuery(aggregation.Range.Query);
        if (aggregation.Range.Unwrap is { } unwrap)
        {
            VisitUnwrap(unwrap);
        }
    }

    protected virtual void VisitVector(VectorAggregation aggregation) => Visit(aggregation.Operand);

    protected virtual void VisitBinary(LogBinary binary)
    {
        Visit(binary.Left);
        Visit(binary.Right);
    }

    protected virtual void VisitLabelReplace(LogLabelReplace replace) => Visit(replace.Operand);

    protected virtual void VisitSelector(StreamSelector selector)
    {
    }

    protected virtual void VisitStage(LogQlStage stage)
    {
        if (stage is LabelFilterStage filter)
        {
            VisitLabelFilter(filter.Filter);
        }
    }

    protected virtual void VisitUnwrap(LogUnwrap unwrap)
    {
        foreach (var filter in unwrap.PostFilters)
        {
            VisitLabelFilter(filter);
        }
    }

    protected virtual void VisitLabelFilter(LabelFilter filter)
    {
        if (filter is LabelAndFilter and)
        {
            VisitLabelFilter(and.Left);
            VisitLabelFilter(and.Right);
        }
        else if (filter is LabelOrFilter or)
        {
            VisitLabelFilter(or.Left);
            VisitLabelFilter(or.Right);
        }
    }
}
