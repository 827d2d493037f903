using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.PromQl;

/// <summary>
/// Cuts a query into tokens, one at a time. Within braces words are only names; within brackets there are only durations.
/// After the first error there is nothing but <see cref="PromQlTokenKind.End"/>.
/// </summary>
internal sealed partial class PromQlLexer(string query, PromQlDialect dialect)
{
    private int at;
    private bool braces;
    private bool brackets;

    // 3.x reads what follows a bracket without comments until the first number; 2.42 wants the number at once.
    private bool freshBracket;
    private bool colon;
    private bool durationSeen;

    internal QuerySyntaxError? Error { get; private set; }

    private bool IsV3 => dialect == PromQlDialect.V3;

    internal void Fail(string message, SourceSpan span)
    {
        Error ??= new QuerySyntaxError(message, span, query);
        at = query.Length;
    }

    internal PromQlToken Next()
    {
        SkipSpace();
        if (at >= query.Length || Error is not null)
        {
            return new PromQlToken(PromQlTokenKind.End, query.Length, query.Length);
        }

        var start = at;
        var c = query[at];
        if (c is '"' or '\'' or '`')
        {
            return String();
        }

        if (braces)
        {
            return InBraces(c);
        }

        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < query.Length && char.IsAsciiDigit(query[at + 1])))
        {
            return NumberOrDuration();
        }

        if (char.IsAsciiLetter(c) || c is '_' or ':')
        {
            return brackets ? InBrackets() : Word();
        }

        return Sign(start, c);
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void SkipSpace()
    {
        while (at < query.Length)
        {
            if (query[at] is ' ' or '\t' or '\n' or '\r')
            {
                at++;
            }
            else if (query[at] == '#' && !freshBracket)
            {
                var length = query.AsSpan(at).IndexOfAny('\n', '\r');
                at = length < 0 ? query.Length : at + length;
            }
            else
            {
                return;
            }
        }
    }

    private PromQlToken Token(PromQlTokenKind kind, int length = 1)
    {
        at += length;
        return new PromQlToken(kind, at - length, at);
    }

    private PromQlToken Failed(string message, int start, int length)
    {
        Fail(message, new SourceSpan(start, Math.Min(length, query.Length - start)));
        return new PromQlToken(PromQlTokenKind.End, query.Length, query.Length);
    }

    private PromQlToken String()
    {
        var start = at;
        if (!GoString.TryRead(query, start, out var end, out var value, out var problem, out var span))
        {
            return Failed(problem, span.Start, span.Length);
        }

        at = end;
        return new PromQlToken(PromQlTokenKind.String, start, end, value);
    }

    private char Peek() => at + 1 < query.Length ? query[at + 1] : '\0';

    private PromQlToken InBraces(char c)
    {
        switch (c)
        {
            case ',':
                return Token(PromQlTokenKind.Comma);
            case '}':
                braces = false;
                return Token(PromQlTokenKind.RightBrace);
            case '=':
                return Peek() == '~' ? Token(PromQlTokenKind.RegexMatch, 2) : Token(PromQlTokenKind.Equal);
            case '!' when Peek() == '~':
                return Token(PromQlTokenKind.RegexNoMatch, 2);
            case '!' when Peek() == '=':
                return Token(PromQlTokenKind.NotEqual, 2);
            case '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                var start = at;
                while (at < query.Length && IsWordCharacter(query[at]))
                {
                    at++;
                }

                return new PromQlToken(PromQlTokenKind.Identifier, start, at);
            default:
                return Failed($"{Shown(at)} cannot stand between braces; a matcher is label=\"value\", with =, !=, =~ or !~", at, 1);
        }
    }

    private PromQlToken Sign(int start, char c)
    {
        var next = Peek();
        switch (c)
        {
            case '(':
                return Token(PromQlTokenKind.LeftParen);
            case ')':
                return Token(PromQlTokenKind.RightParen);
            case ',':
                return Token(PromQlTokenKind.Comma);
            case '+':
                return Token(PromQlTokenKind.Add);
            case '-':
                return Token(PromQlTokenKind.Sub);
            case '*':
                return Token(PromQlTokenKind.Mul);
            case '/':
                return Token(PromQlTokenKind.Div);
            case '%':
                return Token(PromQlTokenKind.Mod);
            case '^':
                return Token(PromQlTokenKind.Pow);
            case '@':
                return Token(PromQlTokenKind.At);
            case '{':
                braces = true;
                return Token(PromQlTokenKind.LeftBrace);
            case '[' when !brackets:
                (brackets, freshBracket, colon) = (true, true, false);
                return Token(PromQlTokenKind.LeftBracket);
            case ']' when brackets:
                (brackets, freshBracket) = (false, false);
                return Token(PromQlTokenKind.RightBracket);
            case '=' when next == '=':
                return Token(PromQlTokenKind.EqualEqual, 2);
            case '=' when next != '~':
                return Token(PromQlTokenKind.Equal);
            case '!' when next == '=':
                return Token(PromQlTokenKind.NotEqual, 2);
            case '=' or '!':
                return Failed($"'{c}{(next == '\0' ? "" : next)}' is no operator between expressions; regular expressions stand between braces, as in up{{job=~\"a.*\"}}", start, 2);
            case '<':
                return next == '=' ? Token(PromQlTokenKind.LessEqual, 2) : IsV3 && next == '/' ? Token(PromQlTokenKind.TrimUpper, 2) : Token(PromQlTokenKind.Less);
            case '>':
                return next == '=' ? Token(PromQlTokenKind.GreaterEqual, 2) : IsV3 && next == '/' ? Token(PromQlTokenKind.TrimLower, 2) : Token(PromQlTokenKind.Greater);
            default:
                return Failed($"{Shown(start)} does not belong here", start, 1);
        }
    }

    /// <summary>The character for a message; what cannot be seen is named by its number.</summary>
    private string Shown(int position)
    {
        var c = query[position];
        return c > ' ' && !char.IsSurrogate(c) && !char.IsControl(c) ? $"'{c}'" : $"the character U+{(int)c:X4}";
    }
}
