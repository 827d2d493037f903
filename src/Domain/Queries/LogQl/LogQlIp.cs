using System.Buffers;
using System.Net;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>What <c>ip("...")</c> takes: an address, two of them with a dash between, or a network in CIDR form.</summary>
internal static class LogQlIp
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("0123456789abcdefABCDEF:.");

    internal static string? ProblemOf(string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
        {
            return TryAddress(range.AsSpan(0, dash), out var first) && TryAddress(range.AsSpan(dash + 1), out var last)
                && first!.AddressFamily == last!.AddressFamily && first.GetAddressBytes().AsSpan().SequenceCompareTo(last.GetAddressBytes()) <= 0
                ? null
                : "ip(...) holds a range that is no pair of addresses, the lower first, as in 10.0.0.1-10.0.0.9";
        }

        var slash = range.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? range.AsSpan() : range.AsSpan(0, slash);
        if (!TryAddress(address, out var found))
        {
            return "ip(...) holds no address, range or network, such as 10.0.0.1, 10.0.0.1-10.0.0.9 or 10.0.0.0/8";
        }

        return slash < 0 || (int.TryParse(range.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var bits) && bits <= found!.GetAddressBytes().Length * 8)
            ? null
            : "ip(...) holds a network whose prefix length is wrong";
    }

    private static bool TryAddress(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        return text.Length <= 64 && !text.ContainsAnyExcept(Letters) && (text.Contains(':') || text.Count('.') == 3)
            && IPAddress.TryParse(text, out address);
    }
}
