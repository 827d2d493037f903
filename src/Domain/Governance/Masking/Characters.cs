using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Sets of characters that several detectors look for or count.</summary>
internal static class Characters
{
    public static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    public static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    public static readonly SearchValues<char> Symbols = SearchValues.Create("!#$%^&*@");
    public static readonly SearchValues<char> Joints = SearchValues.Create("-_./: ");

    public static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var c in text)
        {
            count += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return count;
    }
}
