using System.Buffers;
using System.Net;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>IPv4 in four decimals, and IPv6 (RFC 4291) in any of its forms.</summary>
internal static class IpAddresses
{
    private static readonly SearchValues<char> V4 = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> V6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static void Find(ReadOnlySpan<char> text, ref Findings found)
    {
        if (!found.Wants(SensitiveData.IpAddress))
        {
            return;
        }

        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(V6) is var hit and >= 0)
        {
            at += hit;
            var length = text[at..].IndexOfAnyExcept(V6);
            var run = length < 0 ? text[at..] : text.Slice(at, length);
            var bounded = (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (at + run.Length == text.Length || !char.IsAsciiLetterOrDigit(text[at + run.Length]));
            if (bounded && run.Length is >= 3 and <= 60)
            {
                Add(run, at, ref found);
            }

            at += run.Length;
        }
    }

    private static void Add(ReadOnlySpan<char> run, int at, ref Findings found)
    {
        var trimmed = run.TrimEnd('.');
        // 10.0.0.1:8080 is an address and a port.
        var colon = trimmed.IndexOf(':');
        var four = colon > 0 && trimmed[..colon].Count('.') == 3 ? trimmed[..colon] : trimmed;
        if (four.IndexOfAnyExcept(V4) < 0 && four.Count('.') == 3 && IPAddress.TryParse(four, out _))
        {
            found.Add(at, four.Length, SensitiveData.IpAddress);
        }
        else if (trimmed.Count(':') >= 2 && trimmed.Length >= 3 && IPAddress.TryParse(trimmed, out _))
        {
            found.Add(at, trimmed.Length, SensitiveData.IpAddress);
        }
    }
}
