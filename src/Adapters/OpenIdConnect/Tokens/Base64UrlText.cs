using System.Buffers;
using System.Buffers.Text;

namespace Nightwatch.Adapters.OpenIdConnect.Tokens;

/// <summary>Base64url as RFC 7515 section 2 has it: no padding, no blanks, no line ends, and one spelling only for each value.</summary>
internal static class Base64UrlText
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Known = SearchValues.Create(Alphabet);

    /// <summary>The bytes, or null when the text is not the one spelling of any.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(Known))
        {
            return null;
        }

        // What the last character says beyond the last whole byte must be zero, or one signature would have several spellings.
        var unused = (text.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        return unused != 0 && (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & unused) != 0 ? null : Base64Url.DecodeFromChars(text);
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
