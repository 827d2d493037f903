using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Operators with their modifiers, aggregations and calls.</summary>
internal sealed partial class PromQlParser
{
    private BinaryExpr Binary(PromQlOperator sign, PromQlExpr left)
    {
        var returnsBool = TryTake(PromQlTokenKind.Bool);
        var matching = Matching();
        var right = Expression(sign == PromQlOperator.Power ? sign.Precedence() : sign.Precedence() + 1);
        if (matching is not null && (left.Type != PromQlType.InstantVector || right.Type != PromQlType.InstantVector)
            && matching.Labels.Count == 0 && matching.FillLeft is null && matching.FillRight is null)
        {
            // Prometheus takes on() beside a scalar and forgets it.
            matching = null;
        }

        return new BinaryExpr(sign, left, right) { ReturnsBool = returnsBool, Matching = matching, Span = left.Span.To(right.Span) };
    }

    private VectorMatching? Matching()
    {
        var on = token.Kind == PromQlTokenKind.On;
        var matching = new VectorMatching(on, []);
        if (on || token.Kind == PromQlTokenKind.Ignoring)
        {
            Take();
            matching = matching with { Labels = Labels() };
            if (token.Kind is PromQlTokenKind.GroupLeft or PromQlTokenKind.GroupRight)
            {
                var cardinality = Take().Kind == PromQlTokenKind.GroupLeft ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany;
                matching = matching with { Cardinality = cardinality, Include = token.Kind == PromQlTokenKind.LeftParen ? Labels() : [] };
            }
        }

        if (token.Kind == PromQlTokenKind.Fill)
        {
            var fill = Fill();
            matching = matching with { FillLeft = fill, FillRight = fill };
        }
        else if (token.Kind is PromQlTokenKind.FillLeft or PromQlTokenKind.FillRight)
        {
            var leftFirst = token.Kind == PromQlTokenKind.FillLeft;
            var first = Fill();
            var second = token.Kind == (leftFirst ? PromQlTokenKind.FillRight : PromQlTokenKind.FillLeft) ? Fill() : null;
            matching = matching with { FillLeft = leftFirst ? first : second, FillRight = leftFirst ? second : first };
        }

        return matching.IsDefault ? null : matching;
    }

    private NumberExpr Fill()
    {
        Take();
        Expect(PromQlTokenKind.LeftParen, "'('");
        var negative = token.Kind == PromQlTokenKind.Sub;
        if (token.Kind is PromQlTokenKind.Sub or PromQlTokenKind.Add)
        {
            Take();
        }

        if (token.Kind is not (PromQlTokenKind.Number or PromQlTokenKind.Duration))
        {
            Unexpected("the number that stands for what is missing");
            return (NumberExpr)Broken;
        }

        var number = Number();
        Expect(PromQlTokenKind.RightParen, "')'");
        return negative ? number with { Value = -number.Value } : number;
    }

    /// <summary>The labels in the parentheses of by, without, on, ignoring, group_left and group_right; a comma may end them.</summary>
    private SyntaxList<string> Labels()
    {
        Expect(PromQlTokenKind.LeftParen, "'(' and the names of labels");
        var labels = new List<string>();
        while (!Failed && token.Kind != PromQlTokenKind.RightParen)
        {
            labels.Add(Label());
            if (!TryTake(PromQlTokenKind.Comma) && token.Kind != PromQlTokenKind.RightParen)
            {
                Unexpected("',' or ')' between the names of labels");
            }
        }

        Expect(PromQlTokenKind.RightParen, "')'");
        return [.. labels];
    }

    private string Label()
    {
        var label = token;
        if (label.Kind == PromQlTokenKind.String && IsV3)
        {
            Take();
            if (label.Text!.Length == 0 || label.Text.Any(GoString.IsByte))
            {
                Fail("a label's name is not empty and is valid Unicode", label.Span);
            }

            return label.Text;
        }

        if (!PromQlWords.MayNameGroupingLabel(label.Kind) || (label.Kind == PromQlTokenKind.MetricIdentifier && !IsV3))
        {
            Unexpected("the name of a label or ')'");
            return "";
        }

        Take();
        return query[label.Start..label.End];
    }

    private PromQlExpr Aggregate(PromQlToken word)
    {
        var name = PromQlAggregators.Canonical(query.AsSpan(word.Start, word.End - word.Start));
        var grouping = Grouping(out var without);
        if (token.Kind != PromQlTokenKind.LeftParen)
        {
            return Unexpected($"'(' and what {name} aggregates");
        }

        var arguments = Arguments(name);
        grouping ??= Grouping(out without);
        var span = SourceSpan.Between(word.Start, lastEnd);
        var wanted = PromQlAggregators.ParameterType(name) is null ? 1 : 2;
        if (!Failed && arguments.Count != wanted)
        {
            Fail($"{name} takes {(wanted == 1 ? "one argument, an instant vector" : "two arguments, a parameter and an instant vector")}; here {(arguments.Count == 1 ? "is" : "are")} {arguments.Count}", span);
        }

        return Failed ? Broken : new AggregateExpr(name, arguments[^1], wanted == 2 ? arguments[0] : null) { Grouping = grouping ?? [], Without = without, Span = span };
    }

    private SyntaxList<string>? Grouping(out bool without)
    {
        without = token.Kind == PromQlTokenKind.Without;
        if (!without && token.Kind != PromQlTokenKind.By)
        {
            return null;
        }

        Take();
        return Labels();
    }

    private PromQlExpr Call(PromQlToken word)
    {
        var name = query.AsSpan(word.Start, word.End - word.Start);
        if (PromQlFunctions.Find(name, dialect) is not { } function)
        {
            var nearest = PromQlFunctions.Nearest(name.ToString(), dialect);
            return Fail($"there is no function '{Text(word)}'{(nearest is null ? "" : $"; did you mean {nearest}?")}", word.Span);
        }

        var arguments = Arguments(function.Name);
        return new CallExpr(function, [.. arguments]) { Span = SourceSpan.Between(word.Start, lastEnd) };
    }

    private List<PromQlExpr> Arguments(string name)
    {
        Take();
        var arguments = new List<PromQlExpr>(2);
        var tall = 0;
        while (!Failed && (token.Kind != PromQlTokenKind.RightParen || arguments.Count > 0))
        {
            arguments.Add(Expression(0));
            tall = Math.Max(tall, height);
            if (!TryTake(PromQlTokenKind.Comma))
            {
                break;
            }
        }

        Expect(PromQlTokenKind.RightParen, $"',' or ')' in the arguments of {name}");
        Grow(tall);
        return arguments;
    }
}
