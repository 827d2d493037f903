using System.Buffers;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

internal enum GoTemplateToken
{
    End, Text, Open, Close, Space, Pipe, Declare, Assign, Comma, OpenParenthesis, CloseParenthesis, Dot, Field, Variable, Word, Literal, Number, Wrong,
}

/// <summary>Splits a template of Go's text/template into its text and the words of its actions. Source: the package's documentation.</summary>
internal sealed class GoTemplateLexer(string text)
{
    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789abcdefABCDEFxXoOpP_.i");

    private int at;
    private bool inAction;

    /// <summary>The characters of the last token.</summary>
    internal ReadOnlySpan<char> Value => text.AsSpan(Start, at - Start);

    internal int Start { get; private set; }

    internal string Problem { get; private set; } = "";

    internal GoTemplateToken Next()
    {
        Start = at;
        return inAction ? InAction() : Outside();
    }

    private GoTemplateToken Wrong(string problem)
    {
        Problem = problem;
        return GoTemplateToken.Wrong;
    }

    private GoTemplateToken Outside()
    {
        if (at >= text.Length)
        {
            return GoTemplateToken.End;
        }

        var length = text.AsSpan(at).IndexOf("{{");
        if (length != 0)
        {
            at = length < 0 ? text.Length : at + length;
            return GoTemplateToken.Text;
        }

        at += 2;
        at += at + 1 < text.Length && text[at] == '-' && IsSpace(text[at + 1]) ? 2 : 0;
        if (!text.AsSpan(at).StartsWith("/*"))
        {
            inAction = true;
            return GoTemplateToken.Open;
        }

        var end = text.AsSpan(at + 2).IndexOf("*/");
        if (end < 0)
        {
            return Wrong("a comment is not closed");
        }

        at += end + 4;
        var rest = text.AsSpan(at);
        var close = rest.StartsWith("}}") ? 2 : rest.Length > 3 && IsSpace(rest[0]) && rest[1..].StartsWith("-}}") ? 4 : 0;
        at += close;
        return close > 0 ? GoTemplateToken.Text : Wrong("the comment must end right in front of }}");
    }

    private GoTemplateToken InAction()
    {
        if (at >= text.Length)
        {
            return Wrong("an action is not closed; }} is missing");
        }

        var c = text[at];
        if (text.AsSpan(at).StartsWith("}}"))
        {
            return Close(2);
        }

        if (IsSpace(c))
        {
            return Space();
        }

        switch (c)
        {
            case ':':
                at += 2;
                return at <= text.Length && text[at - 1] == '=' ? GoTemplateToken.Declare : Wrong("= was expected behind :");
            case '"' or '`' or '\'':
                return GoString.TryRead(text, at, out at, out var value, out var problem, out _) && (c != '\'' || value.Length is 1 or 2)
                    ? GoTemplateToken.Literal
                    : Wrong(problem.Length > 0 ? problem : "a character in single quotes is one character");
            case '$':
                at++;
                return Letters(GoTemplateToken.Variable);
            case '.' when at + 1 >= text.Length || !char.IsAsciiDigit(text[at + 1]):
                at++;
                return at < text.Length && IsLetter(text[at]) ? Letters(GoTemplateToken.Field) : Ended(GoTemplateToken.Dot);
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number();
            default:
                return IsLetter(c) ? Letters(GoTemplateToken.Word) : Sign(c);
        }
    }

    private GoTemplateToken Sign(char c)
    {
        at++;
        return c switch
        {
            '=' => GoTemplateToken.Assign,
            '|' => GoTemplateToken.Pipe,
            ',' => GoTemplateToken.Comma,
            '(' => GoTemplateToken.OpenParenthesis,
            ')' => GoTemplateToken.CloseParenthesis,
            _ => Wrong($"the character {c} stands for nothing in an action"),
        };
    }

    private GoTemplateToken Space()
    {
        while (at < text.Length && IsSpace(text[at]))
        {
            at++;
        }

        return text.AsSpan(at).StartsWith("-}}") ? Close(3) : GoTemplateToken.Space;
    }

    private GoTemplateToken Close(int length)
    {
        at += length;
        inAction = false;
        return GoTemplateToken.Close;
    }

    private GoTemplateToken Number()
    {
        at += text[at] is '+' or '-' ? 1 : 0;
        var begin = at;
        while (at < text.Length && (NumberLetters.Contains(text[at]) || (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E' or 'p' or 'P')))
        {
            at++;
        }

        var digits = text.AsSpan(begin, at - begin).TrimEnd('i');
        var isNumber = digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase) || digits.StartsWith("0o", StringComparison.OrdinalIgnoreCase)
            || digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? digits.Length > 2
            : double.TryParse(digits.ToString().Replace("_", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, out _);
        return isNumber && (at >= text.Length || !IsLetter(text[at])) ? GoTemplateToken.Number : Wrong($"{Value} is no number");
    }

    private GoTemplateToken Letters(GoTemplateToken token)
    {
        while (at < text.Length && (IsLetter(text[at]) || char.IsDigit(text[at])))
        {
            at++;
        }

        return Ended(token);
    }

    private GoTemplateToken Ended(GoTemplateToken token) =>
        at >= text.Length || IsSpace(text[at]) || text[at] is '.' or ',' or '|' or ':' or ')' or '(' || text.AsSpan(at).StartsWith("}}")
            ? token
            : Wrong($"the character {text[at]} cannot follow here");

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsLetter(char c) => c == '_' || char.IsLetter(c);
}
