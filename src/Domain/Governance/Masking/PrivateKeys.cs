using System.Buffers;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Private keys in PEM form (RFC 7468) and OpenPGP armor (RFC 9580), with real or escaped line ends, also cut off in the middle.</summary>
internal static class PrivateKeys
{
    private const string Begin = "-----BEGIN ";
    private const int MaxLabel = 40;

    private static readonly SearchValues<char> Body = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n\\:,-");

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        var from = 0;
        while (text[from..].IndexOf(Begin, StringComparison.Ordinal) is var hit and >= 0)
        {
            var start = from + hit;
            var label = text[(start + Begin.Length)..Math.Min(text.Length, start + Begin.Length + MaxLabel)];
            var close = label.IndexOf("-----", StringComparison.Ordinal);
            from = start + Begin.Length;
            if (close < 0 || label[..close].IndexOf("PRIVATE KEY", StringComparison.Ordinal) < 0)
            {
                continue;
            }

            var body = from + close + 5;
            var end = End(text, body);
            if (end > body)
            {
                found.Add(start, end - start, SensitiveData.PrivateKey);
            }

            from = Math.Max(end, body);
        }
    }

    /// <summary>Whether a key has begun in this text and its end is missing.</summary>
    public static bool IsOpen(ReadOnlySpan<char> text)
    {
        var begin = text.LastIndexOf(Begin, StringComparison.Ordinal);
        return begin >= 0 && text[begin..Math.Min(text.Length, begin + Begin.Length + MaxLabel)].IndexOf("PRIVATE KEY", StringComparison.Ordinal) >= 0
            && text[begin..].IndexOf("-----END ", StringComparison.Ordinal) < 0;
    }

    private static int End(ReadOnlySpan<char> text, int body)
    {
        var end = text[body..].IndexOf("-----END ", StringComparison.Ordinal);
        var next = text[body..].IndexOf(Begin, StringComparison.Ordinal);
        if (end >= 0 && (next < 0 || end < next))
        {
            var after = body + end + "-----END ".Length;
            var dashes = text[after..Math.Min(text.Length, after + MaxLabel)].IndexOf("-----", StringComparison.Ordinal);
            return text[body..(body + end)].Trim().IsEmpty ? body : dashes < 0 ? after : after + dashes + 5;
        }

        var stop = text[body..].IndexOfAnyExcept(Body);
        return stop < 0 ? text.Length : body + stop;
    }
}
