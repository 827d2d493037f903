using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>Selectors and what may follow an expression: brackets, offset, @, anchored and smoothed.</summary>
internal sealed partial class PromQlParser
{
    private VectorSelector Selector(PromQlToken? name)
    {
        var start = name?.Start ?? token.Start;
        SyntaxList<MatcherSyntax> matchers = token.Kind == PromQlTokenKind.LeftBrace ? Matchers() : [];
        return new VectorSelector(name is { } n ? query[n.Start..n.End] : null, matchers) { Span = SourceSpan.Between(start, lastEnd) };
    }

    private SyntaxList<MatcherSyntax> Matchers()
    {
        Take();
        var matchers = new List<MatcherSyntax>();
        while (!Failed && token.Kind != PromQlTokenKind.RightBrace)
        {
            matchers.Add(Matcher());
            if (!TryTake(PromQlTokenKind.Comma) && token.Kind != PromQlTokenKind.RightBrace)
            {
                Unexpected("',' or '}' behind a matcher");
            }
        }

        Expect(PromQlTokenKind.RightBrace, "'}'");
        return matchers.Count == 0 ? [] : [.. matchers];
    }

    private MatcherSyntax Matcher()
    {
        var label = token;
        var isQuoted = label.Kind == PromQlTokenKind.String && IsV3;
        if (label.Kind != PromQlTokenKind.Identifier && !isQuoted)
        {
            Unexpected("the name of a label or '}'");
            return new MatcherSyntax("", MatchOperator.Equal, "");
        }

        Take();
        var name = isQuoted ? label.Text! : query[label.Start..label.End];
        if (isQuoted && token.Kind is PromQlTokenKind.Comma or PromQlTokenKind.RightBrace)
        {
            return new MatcherSyntax(VectorSelector.NameLabel, MatchOperator.Equal, name) { Span = label.Span };
        }

        MatchOperator? sign = token.Kind switch
        {
            PromQlTokenKind.Equal => MatchOperator.Equal,
            PromQlTokenKind.NotEqual => MatchOperator.NotEqual,
            PromQlTokenKind.RegexMatch => MatchOperator.RegexMatch,
            PromQlTokenKind.RegexNoMatch => MatchOperator.RegexNoMatch,
            _ => null,
        };
        if (sign is null)
        {
            Unexpected("=, !=, =~ or !~ behind the name of a label");
        }

        Take();
        var value = Expect(PromQlTokenKind.String, "the label's value in quotes");
        var matcher = new MatcherSyntax(name, sign ?? MatchOperator.Equal, value.Text ?? "") { Span = SourceSpan.Between(label.Start, value.End) };
        if (!Failed && matcher.IsRegex && !Re2Syntax.TryParse(matcher.Value, out _, out var problem, out _, angleNames: IsV3))
        {
            Fail(problem, value.Span);
        }

        return matcher;
    }

    private PromQlExpr Postfix(PromQlExpr expression)
    {
        while (!Failed)
        {
            switch (token.Kind)
            {
                case PromQlTokenKind.LeftBracket:
                    expression = Brackets(expression);
                    break;
                case PromQlTokenKind.Offset:
                    expression = Offset(expression);
                    break;
                case PromQlTokenKind.At:
                    expression = At(expression);
                    break;
                case PromQlTokenKind.Anchored or PromQlTokenKind.Smoothed:
                    expression = Extended(expression);
                    break;
                default:
                    return expression;
            }
        }

        return expression;
    }

    private PromQlExpr Brackets(PromQlExpr expression)
    {
        var open = Take();
        var inner = height;
        var range = PositiveDuration();
        var isSubquery = TryTake(PromQlTokenKind.Colon);
        var step = isSubquery && token.Kind != PromQlTokenKind.RightBracket ? PositiveDuration() : null;
        var close = Expect(PromQlTokenKind.RightBracket, isSubquery ? "']' or the subquery's step" : "']', or ':' and a subquery's step");
        Grow(Math.Max(inner, height));
        var span = expression.Span.To(close.Span);
        if (isSubquery)
        {
            return new SubqueryExpr(expression, range, step) { Span = span };
        }

        var brackets = open.Span.To(close.Span);
        return expression switch
        {
            not VectorSelector => Fail("a range such as [5m] can only follow a selector; write a subquery as in [5m:1m] for an expression", brackets),
            VectorSelector { Offset: { } offset } when IsSet(offset) => Fail("offset stands behind the range, as in up[5m] offset 1h", brackets),
            VectorSelector { At: { } at } when IsV3 || at.Kind == AtKind.Timestamp => Fail("@ stands behind the range, as in up[5m] @ end()", brackets),
            VectorSelector selector => new RangeSelector(selector, range) { Span = span },
        };
    }

    /// <summary>Prometheus takes an offset of nothing for none.</summary>
    private static bool IsSet(PromQlDuration offset) => offset is not DurationLiteral { Value: 0 };

    private PromQlExpr Offset(PromQlExpr expression)
    {
        var word = Take();
        var inner = height;
        var offset = IsV3 ? OffsetDuration() : OldOffset();
        height = Math.Max(inner, height);
        var span = SourceSpan.Between(expression.Span.Start, lastEnd);
        var (found, changed) = expression switch
        {
            VectorSelector s => (s.Offset, (PromQlExpr)(s with { Offset = offset, Span = span })),
            RangeSelector r => (r.Selector.Offset, r with { Selector = r.Selector with { Offset = offset }, Span = span }),
            SubqueryExpr s => (s.Offset, s with { Offset = offset, Span = span }),
            _ => (null, null!),
        };
        return changed is null
            ? Fail("offset can only follow a selector, a range or a subquery", word.Span.To(offset.Span))
            : found is not null && IsSet(found) ? Fail("offset stands here a second time", word.Span.To(offset.Span)) : changed;
    }

    private PromQlExpr At(PromQlExpr expression)
    {
        var sign = Take();
        var at = AtModifier();
        var span = SourceSpan.Between(expression.Span.Start, lastEnd);
        var (found, changed) = expression switch
        {
            VectorSelector s => (s.At, (PromQlExpr)(s with { At = at, Span = span })),
            RangeSelector r => (r.Selector.At, r with { Selector = r.Selector with { At = at }, Span = span }),
            SubqueryExpr s => (s.At, s with { At = at, Span = span }),
            _ => (null, null!),
        };
        var where = SourceSpan.Between(sign.Start, lastEnd);
        return changed is null
            ? Fail("@ can only follow a selector, a range or a subquery", where)
            : found is not null ? Fail("@ stands here a second time", where) : changed;
    }

    private AtModifier AtModifier()
    {
        if (token.Kind is PromQlTokenKind.StartWord or PromQlTokenKind.EndWord)
        {
            var kind = Take().Kind == PromQlTokenKind.StartWord ? AtKind.Start : AtKind.End;
            Expect(PromQlTokenKind.LeftParen, "'()'");
            Expect(PromQlTokenKind.RightParen, "')'");
            return new AtModifier(kind);
        }

        var start = token.Start;
        var negative = token.Kind == PromQlTokenKind.Sub;
        if (token.Kind is PromQlTokenKind.Add or PromQlTokenKind.Sub)
        {
            Take();
        }

        if (token.Kind != PromQlTokenKind.Number && !(IsV3 && token.Kind == PromQlTokenKind.Duration))
        {
            Unexpected("a time in Unix seconds, start() or end() behind @");
            return default;
        }

        var seconds = Number().Value;
        if (!(Math.Abs(seconds) < long.MaxValue))
        {
            Fail("the time behind @ is beyond what can be counted; write Unix seconds", SourceSpan.Between(start, lastEnd));
        }

        return new AtModifier(AtKind.Timestamp, negative ? -seconds : seconds);
    }

    private PromQlExpr Extended(PromQlExpr expression)
    {
        var word = Take();
        var anchored = word.Kind == PromQlTokenKind.Anchored;
        var span = SourceSpan.Between(expression.Span.Start, lastEnd);
        var selector = expression as VectorSelector ?? (expression as RangeSelector)?.Selector;
        if (selector is null)
        {
            return Fail($"{Text(word)} can only follow a selector or a range", word.Span);
        }

        selector = anchored ? selector with { Anchored = true } : selector with { Smoothed = true };
        return selector is { Anchored: true, Smoothed: true }
            ? Fail("anchored and smoothed exclude each other", word.Span)
            : expression is RangeSelector range ? range with { Selector = selector, Span = span } : selector with { Span = span };
    }
}
