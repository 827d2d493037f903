using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Forms of credentials as their vendors document them, and the way to find the ones that may begin at a place.</summary>
internal static partial class TokenFormats
{
    private const string Digit = "0123456789";
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static readonly SearchValues<char> Hex = SearchValues.Create(Digit + "abcdefABCDEF");
    private static readonly SearchValues<char> HexDash = SearchValues.Create(Digit + "abcdefABCDEF-");
    private static readonly SearchValues<char> UpperDigit = SearchValues.Create(Upper + Digit);
    private static readonly SearchValues<char> UpperDigitDash = SearchValues.Create(Upper + Digit + "-");
    private static readonly SearchValues<char> LowerDigit = SearchValues.Create(Lower + Digit);
    private static readonly SearchValues<char> Alnum = SearchValues.Create(Lower + Upper + Digit);
    private static readonly SearchValues<char> AlnumDash = SearchValues.Create(Lower + Upper + Digit + "-");
    private static readonly SearchValues<char> Word = SearchValues.Create(Lower + Upper + Digit + "_");
    private static readonly SearchValues<char> Url = SearchValues.Create(Lower + Upper + Digit + "_-");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(Lower + Upper + Digit + "_-.");
    private static readonly SearchValues<char> Base64 = SearchValues.Create(Lower + Upper + Digit + "+/=");
    private static readonly SearchValues<char> Any64 = SearchValues.Create(Lower + Upper + Digit + "+/=_-");

    private static readonly SearchValues<char> Slashed = SearchValues.Create(Lower + Upper + Digit + "_-/");
    private static readonly SearchValues<char> Office = SearchValues.Create(Lower + Upper + Digit + "_-/@");
    private static readonly SearchValues<char> Query = SearchValues.Create(Lower + Upper + Digit + "_-/?=&%");
    private static readonly SearchValues<char> AnyDollar = SearchValues.Create(Lower + Digit + "$");
    private static readonly SearchValues<char> DottedHex = SearchValues.Create(Digit + "abcdef.");
    private static readonly SearchValues<char> Percent64 = SearchValues.Create(Lower + Upper + Digit + "%_-");
    private static readonly SearchValues<char> DigitUnder = SearchValues.Create(Upper + Digit + "_");

    /// <summary>By the first two characters (7 bits each): almost every place in a text ends here.</summary>
    private static readonly TokenFormat[]?[] ByStart = Index();

    public static ReadOnlySpan<TokenFormat> StartingWith(char first, char second) =>
        first < 128 && second < 128 ? ByStart[first << 7 | second] : null;

    private static TokenFormat[]?[] Index()
    {
        var index = new TokenFormat[]?[128 * 128];
        foreach (var format in (TokenFormat[])[.. Clouds(), .. Development(), .. Products()])
        {
            ref var bucket = ref index[format.Prefix[0] << 7 | format.Prefix[1]];
            bucket = [.. bucket ?? [], format];
        }

        return index;
    }
}
