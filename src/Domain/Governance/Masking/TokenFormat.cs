using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>A vendor's documented form of a credential: a fixed beginning, then characters of one alphabet, so and so many.</summary>
/// <param name="Prefix">At least two characters, the first a letter or a digit; case matters.</param>
/// <param name="Alphabet">Of the characters after the prefix.</param>
/// <param name="Min">The least number of characters after the prefix.</param>
/// <param name="Max">The most; a longer run is something else.</param>
/// <param name="Digits">The least number of digits among them: keeps identifiers of program code out.</param>
internal sealed record TokenFormat(string Prefix, SearchValues<char> Alphabet, int Min, int Max = 4096, int Digits = 0)
{
    /// <summary>The length of the credential that begins where the text begins, or 0.</summary>
    public int Match(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return 0;
        }

        var body = text[Prefix.Length..];
        var length = body[..Math.Min(body.Length, Max + 1)].IndexOfAnyExcept(Alphabet);
        length = length < 0 ? Math.Min(body.Length, Max + 1) : length;
        // A sentence's full stop or a separator after the token is not part of it.
        while (length > Min && body[length - 1] is '.' or ':')
        {
            length--;
        }

        if (length < Min || length > Max)
        {
            return 0;
        }

        // A file's name goes on with a dot.
        if (IsFile(body[length..]))
        {
            return 0;
        }

        body = body[..length];
        return Min > 0 && (SecretValues.IsFiller(body) || Count(body) < Digits) ? 0 : Prefix.Length + length;
    }

    private static bool IsFile(ReadOnlySpan<char> after) =>
        after is ['.', _, _, _, ..] && after[1..4] is "png" or "gif" or "jpg" or "svg" or "ico" or "htm" or "css" && (after.Length == 4 || !char.IsAsciiLetterOrDigit(after[4]) || after[4] == 'l');

    private static int Count(ReadOnlySpan<char> body)
    {
        var digits = 0;
        foreach (var c in body)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return digits;
    }
}
