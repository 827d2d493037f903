using System.Buffers;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

internal sealed partial class LogQlLexer
{
    private static readonly SearchValues<char> FlagLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    private static readonly SearchValues<char> DurationLetters = SearchValues.Create("0123456789.nuµmshdwy");
    private static readonly SearchValues<char> ByteLetters = SearchValues.Create("0123456789.BikKMGTP");

    /// <summary>A number as Go writes it, and with a unit behind it a duration or a size.</summary>
    private LogQlToken Number()
    {
        var start = at;
        ScanNumber();
        if (TryDuration(start, out var duration))
        {
            return duration;
        }

        var end = EndOf(ByteLetters);
        if (end > at && LogQlBytes.TryParse(text.AsSpan(start, end - start), out var bytes))
        {
            at = end;
            return new LogQlToken(LogQlTokenKind.Bytes, SourceSpan.Between(start, end), Amount: unchecked((long)bytes));
        }

        return new LogQlToken(LogQlTokenKind.Number, SourceSpan.Between(start, at));
    }

    /// <summary>What begins at <paramref name="start"/> and goes on at the position, when it is a duration.</summary>
    private bool TryDuration(int start, out LogQlToken token)
    {
        var end = EndOf(DurationLetters);
        if (end > at && text.AsSpan(start, end - start) is not "-0" && LogQlDuration.TryParse(text.AsSpan(start, end - start), out var nanoseconds))
        {
            at = end;
            token = new LogQlToken(LogQlTokenKind.Duration, SourceSpan.Between(start, end), Amount: nanoseconds);
            return true;
        }

        token = default;
        return false;
    }

    private int EndOf(SearchValues<char> letters)
    {
        var length = text.AsSpan(at).IndexOfAnyExcept(letters);
        return length < 0 ? text.Length : at + length;
    }

    private void ScanNumber()
    {
        var start = at;
        var prefix = text[at] == '0' && at + 1 < text.Length ? char.ToLowerInvariant(text[at + 1]) : '\0';
        if (prefix is 'x' or 'o' || (prefix == 'b' && at + 2 < text.Length && text[at + 2] is '0' or '1'))
        {
            at += 2;
            Digits(prefix == 'x');
            if (prefix == 'x')
            {
                Fraction(true);
            }
        }
        else
        {
            prefix = '\0';
            Digits(false);
            Fraction(false);
        }

        var exponent = at < text.Length ? char.ToLowerInvariant(text[at]) : '\0';
        if ((exponent == 'e' && prefix == '\0') || (exponent == 'p' && prefix == 'x'))
        {
            at++;
            at += at < text.Length && text[at] is '+' or '-' ? 1 : 0;
            var digits = at;
            Digits(false);
            if (at == digits)
            {
                throw Error("the exponent of the number has no digits", SourceSpan.Between(start, at));
            }
        }
    }

    private void Fraction(bool hexadecimal)
    {
        if (at < text.Length && text[at] == '.')
        {
            at++;
            Digits(hexadecimal);
        }
    }

    private void Digits(bool hexadecimal)
    {
        while (at < text.Length && (text[at] == '_' || (hexadecimal ? char.IsAsciiHexDigit(text[at]) : char.IsAsciiDigit(text[at]))))
        {
            at++;
        }
    }
}
