using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// Text that Cosmos DB takes as an id (no / \ ? #, no control characters, at most 1,023 bytes) and that travels through every gateway unchanged, in
/// the order of the text that it stands for.
/// </summary>
/// <remarks>
/// A character that could do harm becomes a marker and its code in hexadecimal. The marker is a harmless character of the same gap between two characters
/// that stay as they are, and is escaped itself, so that ordinal comparison of two escaped texts gives what comparison of the texts would. Only A-Z a-z
/// 0-9 and ! $ ( ) , - . : = @ ^ _ ~ come out; no blank does, which lets a blank separate parts.
/// </remarks>
internal static class CosmosKey
{
    /// <summary>Longest escaped id that is kept whole; the limit of Cosmos DB is 1,023 bytes.</summary>
    public const int MaxId = 900;

    /// <summary>Longest part of an index key that is kept whole.</summary>
    public const int MaxPart = 256;

    private const string Cut = "~~";

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "):-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The text whole; <see cref="Unescape"/> gives it back.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Plain.Contains(c))
            {
                escaped.Append(c);
                continue;
            }

            var marker = Marker(c);
            escaped.Append(marker).Append(((int)c).ToString(marker == '~' ? "x4" : "x2", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    /// <summary>The escaped text, or when that is longer its beginning and a hash of the whole: still one for one, but it cannot be read back.</summary>
    public static string EscapeBounded(string text, int most)
    {
        var escaped = Escape(text);
        return escaped.Length <= most
            ? escaped
            : escaped[..(most - Cut.Length - 64)] + Cut + Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(text)));
    }

    /// <summary>Whether <see cref="EscapeBounded"/> had to cut.</summary>
    public static bool IsCut(string escaped) => escaped.Contains(Cut, StringComparison.Ordinal);

    /// <exception cref="FormatException">The text was not made by <see cref="Escape"/>.</exception>
    public static string Unescape(string escaped)
    {
        if (!escaped.AsSpan().ContainsAnyExcept(Plain))
        {
            return escaped;
        }

        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (Plain.Contains(escaped[i]))
            {
                text.Append(escaped[i]);
                continue;
            }

            var digits = escaped[i] == '~' ? 4 : 2;
            if (i + digits >= escaped.Length
                || !int.TryParse(escaped.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                || Marker((char)code) != escaped[i])
            {
                throw new FormatException("An id in Cosmos DB was not written by Nightwatch.");
            }

            text.Append((char)code);
            i += digits;
        }

        return text.ToString();
    }

    /// <summary>A field's value as a part of an index key, in the order of the values. Kinds are told apart by the field, not by the text.</summary>
    public static string Part(object value) => value switch
    {
        string text => EscapeBounded(text, MaxPart),
        bool flag => Number(flag ? 1 : 0),
        int number => Number(number),
        long number => Number(number),
        double number => Number(number),
        DateTimeOffset time => Number(time.UtcTicks),
        _ => throw new ArgumentException($"An indexed field cannot be a {value.GetType().Name}."),
    };

    /// <summary>A moment as text that sorts by time: ticks do not fit into the numbers of JSON in Cosmos DB, which are doubles.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private static string Number(long value) => ((ulong)value ^ (1UL << 63)).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Bits of a double in numeric order (IEEE 754): the sign bit flipped, or all bits of a negative number.</summary>
    private static string Number(double value)
    {
        // Negative zero equals zero.
        var bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return (bits >> 63 == 1 ? ~bits : bits ^ (1UL << 63)).ToString("x16", CultureInfo.InvariantCulture);
    }

    private static char Marker(char c) => c switch
    {
        <= '!' => '!',
        <= '$' => '$',
        <= '(' => '(',
        <= ',' => ',',
        <= '/' => '.',
        <= '=' => '=',
        <= '@' => '@',
        <= '^' => '^',
        <= '`' => '_',
        _ => '~',
    };
}
