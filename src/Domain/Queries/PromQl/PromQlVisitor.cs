namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Walks a tree, outer parts first. Override what is of interest; call the base to go on inward.</summary>
public abstract class PromQlVisitor
{
    public virtual void Visit(PromQlExpr expression)
    {
        switch (expression)
        {
            case VectorSelector selector:
                VisitSelector(selector);
                break;
            case RangeSelector range:
                VisitRange(range);
                break;
            case SubqueryExpr subquery:
                VisitSubquery(subquery);
                break;
            case ParenExpr paren:
                Visit(paren.Inner);
                break;
            case UnaryExpr unary:
                Visit(unary.Inner);
                break;
            case BinaryExpr binary:
                VisitBinary(binary);
                break;
            case AggregateExpr aggregate:
                VisitAggregate(aggregate);
                break;
            case CallExpr call:
                VisitCall(call);
                break;
        }
    }

    /// <summary>Also called for the selector of a range.</summary>
    protected virtual void VisitSelector(VectorSelector selector)
    {
    }

    protected virtual void VisitRange(RangeSelector range) => VisitSelector(range.Selector);

    protected virtual void VisitSubquery(SubqueryExpr subquery) => Visit(subquery.Inner);

    protected virtual void VisitBinary(BinaryExpr binary)
    {
        Visit(binary.Left);
        Visit(binary.Right);
    }

    protected virtual void VisitAggregate(AggregateExpr aggregate)
    {
        if (aggregate.Parameter is { } parameter)
        {
            Visit(parameter);
        }

        Visit(aggregate.Inner);
    }

    protected virtual void VisitCall(CallExpr call)
    {
        foreach (var argument in call.Arguments)
        {
            Visit(argument);
        }
    }
}
