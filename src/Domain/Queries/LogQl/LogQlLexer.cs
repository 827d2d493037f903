using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Splits a query into words, as Loki 3 does: words in any case, functions told from labels by the parenthesis that follows, the range as one word,
/// comments from <c>#</c> or <c>//</c> to the line's end and between <c>/*</c> and <c>*/</c>.
/// </summary>
internal sealed partial class LogQlLexer(string text)
{
    private int at;

    internal QuerySyntaxException Error(string message, SourceSpan span) => new(new QuerySyntaxError(message, span, text));

    internal LogQlToken Next()
    {
        SkipSpace();
        if (at >= text.Length)
        {
            return new LogQlToken(LogQlTokenKind.End, new SourceSpan(text.Length, 0));
        }

        var c = text[at];
        if (c == '_' || char.IsAsciiLetter(c) || c > 127)
        {
            return Word();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            return Number();
        }

        return c switch
        {
            '"' or '`' => Text(),
            '\'' => throw Error("a string stands in double quotes or backticks, not in single quotes", new SourceSpan(at, 1)),
            '[' => Range(),
            '-' => Minus(),
            _ => Sign(c),
        };
    }

    private void SkipSpace()
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }
            else if (c == '#' || (c == '/' && Follows('/')))
            {
                var end = text.AsSpan(at).IndexOf('\n');
                at = end < 0 ? text.Length : at + end + 1;
            }
            else if (c == '/' && Follows('*'))
            {
                var end = text.AsSpan(at + 2).IndexOf("*/");
                at = end >= 0 ? at + end + 4 : throw Error("the comment that begins with /* here has no closing */", SourceSpan.Between(at, text.Length));
            }
            else
            {
                return;
            }
        }
    }

    private LogQlToken Word()
    {
        var start = at;
        while (at < text.Length && TryLetter(at, at > start, out var used))
        {
            at += used;
        }

        if (at == start)
        {
            throw Error(Strange(), new SourceSpan(at, 1));
        }

        var span = SourceSpan.Between(start, at);
        return LogQlWords.TryFind(text.AsSpan(start, span.Length), out var kind, out var index) && (!LogQlWords.IsCallOnly(kind) || IsCalled())
            ? new LogQlToken(kind, span, index)
            : new LogQlToken(LogQlTokenKind.Identifier, span);
    }

    private bool TryLetter(int position, bool digits, out int used)
    {
        var c = text[position];
        if (c < 128)
        {
            used = 1;
            return c == '_' || char.IsAsciiLetter(c) || (digits && char.IsAsciiDigit(c));
        }

        return Rune.DecodeFromUtf16(text.AsSpan(position), out var rune, out used) == System.Buffers.OperationStatus.Done
            && (LogQlWords.IsLetter(rune) || (digits && Rune.IsDigit(rune)));
    }

    /// <summary>Whether a parenthesis follows, or by or without with one: then a word such as rate is a function and not a label.</summary>
    private bool IsCalled()
    {
        var rest = text.AsSpan(at).TrimStart();
        if (rest.StartsWith("("))
        {
            return true;
        }

        var length = rest.StartsWith("by", StringComparison.OrdinalIgnoreCase) ? 2 : rest.StartsWith("without", StringComparison.OrdinalIgnoreCase) ? 7 : 0;
        return length > 0 && rest[length..].TrimStart().StartsWith("(");
    }

    private LogQlToken Text()
    {
        var start = at;
        if (!GoString.TryRead(text, start, out at, out var value, out var problem, out var span))
        {
            throw Error(problem, span);
        }

        return new LogQlToken(LogQlTokenKind.Text, SourceSpan.Between(start, at), Value: value);
    }

    private LogQlToken Range()
    {
        var start = at;
        var length = text.AsSpan(start).IndexOf(']');
        if (length < 0)
        {
            throw Error("the range that begins with [ here has no closing ]", SourceSpan.Between(start, text.Length));
        }

        at = start + length + 1;
        var span = SourceSpan.Between(start, at);
        if (!QueryDuration.TryParse(text.AsSpan(start + 1, length - 1), out var milliseconds, out var problem))
        {
            throw Error($"the range is wrong: {problem}", span);
        }

        return new LogQlToken(LogQlTokenKind.Range, span, Amount: milliseconds);
    }

    private LogQlToken Minus()
    {
        var start = at;
        if (Follows('-'))
        {
            var length = text.AsSpan(start + 2).IndexOfAnyExcept(FlagLetters);
            var flag = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length + 2);
            if (flag is "--strict" or "--keep-empty")
            {
                at = start + flag.Length;
                return new LogQlToken(LogQlTokenKind.Flag, SourceSpan.Between(start, at), flag is "--strict" ? 0 : 1);
            }
        }

        at++;
        return TryDuration(start, out var duration) ? duration : new LogQlToken(LogQlTokenKind.Operator, new SourceSpan(start, 1), (int)LogQlOperator.Subtract);
    }

    private LogQlToken Sign(char c)
    {
        var next = at + 1 < text.Length ? text[at + 1] : '\0';
        var (kind, index, length) = (c, next) switch
        {
            ('|', '=') => (LogQlTokenKind.LineFilter, (int)LineMatch.Contains, 2),
            ('|', '~') => (LogQlTokenKind.LineFilter, (int)LineMatch.Regex, 2),
            ('|', '>') => (LogQlTokenKind.LineFilter, (int)LineMatch.Pattern, 2),
            ('!', '~') => (LogQlTokenKind.LineFilter, (int)LineMatch.NotRegex, 2),
            ('!', '>') => (LogQlTokenKind.LineFilter, (int)LineMatch.NotPattern, 2),
            ('!', '=') => (LogQlTokenKind.Operator, (int)LogQlOperator.NotEqual, 2),
            ('=', '=') => (LogQlTokenKind.Operator, (int)LogQlOperator.Equal, 2),
            ('=', '~') => (LogQlTokenKind.RegexMatch, 0, 2),
            ('>', '=') => (LogQlTokenKind.Operator, (int)LogQlOperator.GreaterOrEqual, 2),
            ('<', '=') => (LogQlTokenKind.Operator, (int)LogQlOperator.LessOrEqual, 2),
            ('|', _) => (LogQlTokenKind.Pipe, 0, 1),
            ('=', _) => (LogQlTokenKind.Assign, 0, 1),
            ('>', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Greater, 1),
            ('<', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Less, 1),
            ('{', _) => (LogQlTokenKind.OpenBrace, 0, 1),
            ('}', _) => (LogQlTokenKind.CloseBrace, 0, 1),
            ('(', _) => (LogQlTokenKind.OpenParenthesis, 0, 1),
            (')', _) => (LogQlTokenKind.CloseParenthesis, 0, 1),
            (',', _) => (LogQlTokenKind.Comma, 0, 1),
            ('+', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Add, 1),
            ('*', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Multiply, 1),
            ('/', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Divide, 1),
            ('%', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Modulo, 1),
            ('^', _) => (LogQlTokenKind.Operator, (int)LogQlOperator.Power, 1),
            _ => throw Error(Strange(), new SourceSpan(at, 1)),
        };
        at += length;
        return new LogQlToken(kind, new SourceSpan(at - length, length), index);
    }

    private bool Follows(char c) => at + 1 < text.Length && text[at + 1] == c;

    private string Strange() => text[at] switch
    {
        '\u00A0' => "a no-break space stands here; write a plain one",
        '\u201C' or '\u201D' or '\u2018' or '\u2019' => "a typographic quote stands here; strings stand in \" or `",
        '$' => "a dashboard variable stands here; replace it with its value",
        < ' ' or (>= '\u007F' and < '\u00A0') or (>= '\uD800' and <= '\uDFFF') => $"the character U+{(int)text[at]:X4} is no part of the language",
        var c => $"the character {c} is no part of the language here",
    };
}
