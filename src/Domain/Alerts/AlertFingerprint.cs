using System.Buffers;
using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// The identity of an alert as Prometheus and Alertmanager compute it: 64-bit FNV-1a over the labels sorted by name, each name and each value
/// followed by the byte 0xff. Labels with an empty value do not exist for Prometheus and are left out.
/// </summary>
public static class AlertFingerprint
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const byte Separator = 0xff;

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public static string Of(IReadOnlyDictionary<string, string> labels)
    {
        var names = ArrayPool<string>.Shared.Rent(Math.Max(1, labels.Count));
        try
        {
            var count = 0;
            foreach (var (name, value) in labels)
            {
                if (value.Length > 0)
                {
                    names[count++] = name;
                }
            }

            names.AsSpan(0, count).Sort(CompareAsUtf8);
            var hash = OffsetBasis;
            for (var i = 0; i < count; i++)
            {
                hash = Add(Add(hash, names[i]), labels[names[i]]);
            }

            return hash.ToString("x16", CultureInfo.InvariantCulture);
        }
        finally
        {
            ArrayPool<string>.Shared.Return(names, clearArray: true);
        }
    }

    /// <summary>Whether a sender's fingerprint has the form of one: 16 hexadecimal digits.</summary>
    public static bool IsValid(string text) => text.Length == 16 && text.AsSpan().IndexOfAnyExcept(HexDigits) < 0;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The hash of one text, for short stable keys.</summary>
    internal static string OfText(string text) => Add(OffsetBasis, text).ToString("x16", CultureInfo.InvariantCulture);

    private static ulong Add(ulong hash, string text)
    {
        Span<byte> small = stackalloc byte[512];
        var length = Encoding.UTF8.GetByteCount(text);
        var rented = length > small.Length ? ArrayPool<byte>.Shared.Rent(length) : null;
        var bytes = rented is null ? small[..length] : rented.AsSpan(0, length);
        Encoding.UTF8.GetBytes(text, bytes);
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return (hash ^ Separator) * Prime;
    }

    // Go sorts by bytes of UTF-8; UTF-16 order differs from it only where surrogates meet U+E000-U+FFFF.
    private static int CompareAsUtf8(string x, string y)
    {
        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length - y.Length;
        }

        var (a, b) = (x[common], y[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 1 : -1;
    }
}
