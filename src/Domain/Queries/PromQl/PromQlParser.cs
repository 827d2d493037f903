using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Recursive descent over the tokens with one token ahead, and precedence climbing for operators. The first error ends it: the lexer gives nothing but the end then.
/// </summary>
internal sealed partial class PromQlParser
{
    private static readonly PromQlExpr Broken = new NumberExpr(0);

    private readonly string query;
    private readonly PromQlDialect dialect;
    private readonly PromQlLexer lexer;
    private PromQlToken token;
    private int lastEnd;
    private int depth;

    // Levels of the tree under the expression that was read last. Chains of operators nest to the left without recursion here, but not in what walks the tree.
    private int height;

    internal PromQlParser(string query, PromQlDialect dialect)
    {
        this.query = query;
        this.dialect = dialect;
        lexer = new PromQlLexer(query, dialect);
    }

    private bool IsV3 => dialect == PromQlDialect.V3;

    private bool Failed => lexer.Error is not null;

    internal PromQlExpr? Read(out QuerySyntaxError? error)
    {
        token = lexer.Next();
        var expression = token.Kind == PromQlTokenKind.End && !Failed
            ? Fail("the query is empty; write an expression such as up{job=\"api\"}", token.Span)
            : Expression(0);
        if (token.Kind != PromQlTokenKind.End)
        {
            Unexpected("an operator or the end of the query");
        }

        if (!Failed)
        {
            new PromQlTypeCheck(Fail).Check(expression);
        }

        error = lexer.Error;
        return error is null ? expression : null;
    }

    private PromQlExpr Expression(int atLeast)
    {
        if (!Enter())
        {
            return Broken;
        }

        var left = Operand();
        var tall = height;
        while (PromQlOperators.From(token.Kind) is { } sign && sign.Precedence() >= atLeast)
        {
            Take();
            left = Binary(sign, left);
            Grow(Math.Max(tall, height));
            tall = height;
        }

        height = tall;
        depth--;
        return left;
    }

    private PromQlExpr Operand()
    {
        if (token.Kind is not (PromQlTokenKind.Add or PromQlTokenKind.Sub))
        {
            return Postfix(Primary());
        }

        var sign = Take();
        var negative = sign.Kind == PromQlTokenKind.Sub;
        var inner = Expression(PromQlOperators.PowerPrecedence);
        Grow(height);
        var span = sign.Span.To(inner.Span);
        return inner is NumberExpr number
            ? number with { Value = negative ? -number.Value : number.Value, Span = span }
            : new UnaryExpr(negative, inner) { Span = span };
    }

    private PromQlExpr Primary()
    {
        height = 1;
        switch (token.Kind)
        {
            case PromQlTokenKind.Number:
                return Number();
            case PromQlTokenKind.Duration when IsV3:
                return Number();
            case PromQlTokenKind.String:
                var text = Take();
                return new StringExpr(text.Text!) { Span = text.Span };
            case PromQlTokenKind.LeftParen:
                return Paren();
            case PromQlTokenKind.LeftBrace:
                return Selector(null);
        }

        if (!PromQlWords.MayNameMetric(token.Kind))
        {
            return Unexpected("an expression: a metric, a number, a function, an aggregation or '('");
        }

        var word = Take();
        var isCall = token.Kind == PromQlTokenKind.LeftParen;
        return word.Kind switch
        {
            PromQlTokenKind.Aggregator when isCall || token.Kind is PromQlTokenKind.By or PromQlTokenKind.Without => Aggregate(word),
            PromQlTokenKind.Identifier when isCall => Call(word),
            PromQlTokenKind.StartWord or PromQlTokenKind.EndWord or PromQlTokenKind.Step or PromQlTokenKind.Range or PromQlTokenKind.MaxOf or PromQlTokenKind.MinOf
                when isCall && IsV3 => Call(word),
            _ => Selector(word),
        };
    }

    private NumberExpr Number()
    {
        var number = Take();
        return number.Kind == PromQlTokenKind.Duration
            ? new NumberExpr(Milliseconds(number) / 1000d, IsDuration: true) { Span = number.Span }
            : new NumberExpr(Value(number)) { Span = number.Span };
    }

    private ParenExpr Paren()
    {
        var open = Take();
        var inner = Expression(0);
        Grow(height);
        var close = Expect(PromQlTokenKind.RightParen, "')'");
        return new ParenExpr(inner) { Span = open.Span.To(close.Span) };
    }

    private double Value(PromQlToken number)
    {
        if (!PromQlNumber.TryParse(query.AsSpan(number.Start, number.End - number.Start), out var value))
        {
            Fail($"'{Text(number)}' is no number, or larger than any", number.Span);
        }

        return value;
    }

    private long Milliseconds(PromQlToken duration)
    {
        if (!QueryDuration.TryParse(query.AsSpan(duration.Start, duration.End - duration.Start), out var milliseconds, out var problem))
        {
            Fail(problem, duration.Span);
        }

        return milliseconds;
    }

    /// <summary>Counts a level of recursion.</summary>
    private bool Enter()
    {
        if (++depth <= PromQlQuery.MaxNesting)
        {
            return !Failed;
        }

        TooDeep();
        return false;
    }

    /// <summary>Puts a level on top of so many.</summary>
    private void Grow(int levels)
    {
        height = levels + 1;
        if (height > PromQlQuery.MaxNesting)
        {
            TooDeep();
        }
    }

    private void TooDeep() => Fail($"the query nests deeper than {PromQlQuery.MaxNesting} levels", token.Span);

    private PromQlToken Take()
    {
        var taken = token;
        lastEnd = token.End;
        token = lexer.Next();
        return taken;
    }

    private bool TryTake(PromQlTokenKind kind)
    {
        if (token.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    private PromQlToken Expect(PromQlTokenKind kind, string what)
    {
        if (token.Kind == kind)
        {
            return Take();
        }

        Unexpected(what);
        return token;
    }

    private PromQlExpr Unexpected(string expected) => Fail($"{Found()}; expected {expected}", token.Span);

    private PromQlExpr Fail(string message, SourceSpan span)
    {
        if (!Failed)
        {
            lexer.Fail(message, span);
            token = new PromQlToken(PromQlTokenKind.End, query.Length, query.Length);
        }

        return Broken;
    }

    private string Found() => token.Kind switch
    {
        PromQlTokenKind.End => "the query ends here",
        PromQlTokenKind.String => "a string stands here",
        PromQlTokenKind.Number => $"the number {Text(token)} stands here",
        PromQlTokenKind.Duration => $"the duration {Text(token)} stands here",
        _ => $"'{Text(token)}' stands here",
    };

    private string Text(PromQlToken t) => t.End - t.Start <= 40 ? query[t.Start..t.End] : string.Concat(query.AsSpan(t.Start, 40), "...");
}
