using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Reads LogQL of Loki 3: everything that Loki's parser takes is taken and everything that it refuses is refused, types and selectors included.
/// What Loki refuses only when it runs a query (templates, line regular expressions, addresses) is found by <see cref="LogQlStageChecks"/>.
/// Deliberately stricter than Loki in three places: single quotes and stray signs are no label names, an unescaped no-break space is refused in a selector's
/// regular expression, and nesting and operators are bounded.
/// </summary>
public sealed partial class LogQlParser
{
    /// <summary>The longest query in bytes of UTF-8, as in Loki.</summary>
    public const int MaxBytes = 131_071;

    /// <summary>How deep parentheses and functions may stand within each other.</summary>
    public const int MaxDepth = 200;

    /// <summary>
    /// How many operators a query may hold, those of label filters included. A chain of them is read without recursion but nests to the left, and what walks the
    /// tree recurses: so many fit on a stack of 512 KiB.
    /// </summary>
    public const int MaxOperators = 300;

    private readonly LogQlLexer lexer;
    private LogQlToken token;
    private LogQlToken before;
    private int depth;
    private int operators;

    private LogQlParser(string text)
    {
        Text = text;
        lexer = new LogQlLexer(text);
    }

    private string Text { get; }

    /// <summary>Reads a whole query.</summary>
    /// <exception cref="QuerySyntaxException">The text is no LogQL.</exception>
    public static LogQlExpression Parse(string text)
    {
        if (text.Length > MaxBytes || (text.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(text) > MaxBytes))
        {
            var error = new QuerySyntaxError($"the query is longer than {MaxBytes} bytes", new SourceSpan(0, text.Length), text);
            throw new QuerySyntaxException(error);
        }

        return new LogQlParser(text).Whole();
    }

    /// <summary>Reads a whole query; false with what is wrong when the text is no LogQL.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LogQlExpression? query, [NotNullWhen(false)] out QuerySyntaxError? error)
    {
        try
        {
            (query, error) = (Parse(text), null);
            return true;
        }
        catch (QuerySyntaxException exception)
        {
            (query, error) = (null, exception.Error);
            return false;
        }
    }

    private LogQlExpression Whole()
    {
        token = lexer.Next();
        if (token.Kind == LogQlTokenKind.End)
        {
            throw Error("the query is empty; a selector such as {app=\"shop\"} or a function such as rate was expected", token.Span);
        }

        var query = Expression(0, null);
        return token.Kind switch
        {
            LogQlTokenKind.End => query,
            LogQlTokenKind.Range => throw Error("a range stands only within a function over time, as in rate({app=\"shop\"}[5m])", token.Span),
            _ when query is LogQuery => throw Unexpected("a line filter such as |= \"text\", a stage such as | json, or the end of the query"),
            _ => throw Unexpected("an operator or the end of the query"),
        };
    }

    private bool Is(LogQlTokenKind kind) => token.Kind == kind;

    private LogQlToken Take()
    {
        before = token;
        token = lexer.Next();
        return before;
    }

    private bool TryTake(LogQlTokenKind kind)
    {
        if (token.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    private LogQlToken Expect(LogQlTokenKind kind, string what) => token.Kind == kind ? Take() : throw Unexpected(what);

    private string ExpectText(string what) => Expect(LogQlTokenKind.Text, what).Value!;

    private string ExpectLabel(string what) => NameOf(Expect(LogQlTokenKind.Identifier, what));

    private string NameOf(LogQlToken identifier) => Text.Substring(identifier.Span.Start, identifier.Span.Length);

    private SourceSpan From(int start) => SourceSpan.Between(start, before.Span.End);

    private void Enter()
    {
        if (++depth > MaxDepth)
        {
            throw Error($"the query nests deeper than {MaxDepth} levels", token.Span);
        }
    }

    private void CountOperator(SourceSpan span)
    {
        if (++operators > MaxOperators)
        {
            throw Error($"the query has more than {MaxOperators} operators", span);
        }
    }

    private QuerySyntaxException Error(string message, SourceSpan span) => lexer.Error(message, span);

    private QuerySyntaxException Unexpected(string expected) => Error($"{expected} was expected here, not {Describe()}", token.Span);

    private string Describe()
    {
        if (token.Kind == LogQlTokenKind.End)
        {
            return "the end of the query";
        }

        var shown = Text.AsSpan(token.Span.Start, Math.Min(token.Span.Length, 40)).ToString() + (token.Span.Length > 40 ? "..." : "");
        var kind = token.Kind switch
        {
            LogQlTokenKind.Text => "the string ",
            LogQlTokenKind.Number => "the number ",
            LogQlTokenKind.Duration => "the duration ",
            LogQlTokenKind.Bytes => "the size ",
            LogQlTokenKind.Range => "the range ",
            LogQlTokenKind.Identifier => "the name ",
            _ when char.IsAsciiLetter(shown[0]) => "the word ",
            _ => "",
        };
        return kind + shown;
    }
}
