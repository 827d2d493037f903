using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Copies a tree with changes; what does not change is shared with the old tree.</summary>
public abstract class PromQlRewriter
{
    public virtual PromQlExpr Rewrite(PromQlExpr expression) => expression switch
    {
        VectorSelector selector => RewriteSelector(selector),
        RangeSelector range => RewriteSelector(range.Selector) is var selector && ReferenceEquals(selector, range.Selector) ? range : range with { Selector = selector },
        SubqueryExpr subquery => Same(subquery.Inner, out var inner) ? subquery : subquery with { Inner = inner },
        ParenExpr paren => Same(paren.Inner, out var inner) ? paren : paren with { Inner = inner },
        UnaryExpr unary => Same(unary.Inner, out var inner) ? unary : unary with { Inner = inner },
        BinaryExpr binary => Same(binary.Left, out var left) & Same(binary.Right, out var right) ? binary : binary with { Left = left, Right = right },
        AggregateExpr aggregate => RewriteAggregate(aggregate),
        CallExpr call => RewriteCall(call),
        _ => expression,
    };

    /// <summary>Called for every selector, also that of a range.</summary>
    protected virtual VectorSelector RewriteSelector(VectorSelector selector) => selector;

    protected virtual PromQlExpr RewriteCall(CallExpr call)
    {
        PromQlExpr[]? changed = null;
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (!Same(call.Arguments[i], out var argument))
            {
                changed ??= [.. call.Arguments];
                changed[i] = argument;
            }
        }

        return changed is null ? call : call with { Arguments = SyntaxList.Create<PromQlExpr>(changed) };
    }

    private AggregateExpr RewriteAggregate(AggregateExpr aggregate)
    {
        var parameter = aggregate.Parameter is { } old ? Rewrite(old) : null;
        return Same(aggregate.Inner, out var inner) & ReferenceEquals(parameter, aggregate.Parameter) ? aggregate : aggregate with { Inner = inner, Parameter = parameter };
    }

    private bool Same(PromQlExpr expression, out PromQlExpr rewritten)
    {
        rewritten = Rewrite(expression);
        return ReferenceEquals(rewritten, expression);
    }
}
