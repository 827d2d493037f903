using System.Buffers;
using System.Globalization;
using System.Text;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>
/// Durations of label filters and offsets: what Prometheus takes (<c>1d12h</c>), and what Go takes (<c>-1.5h</c>, <c>250us</c>): signs, fractions and
/// units down to nanoseconds, but no days.
/// </summary>
internal static class LogQlDuration
{
    private static readonly (string Unit, long Nanoseconds)[] Units =
        [("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    internal static bool TryParse(ReadOnlySpan<char> text, out long nanoseconds)
    {
        if (text[0] != '-' && QueryDuration.TryParse(text, out var milliseconds, out _))
        {
            nanoseconds = milliseconds * 1_000_000;
            return true;
        }

        var negative = text[0] == '-';
        var rest = negative ? text[1..] : text;
        decimal sum = 0;
        nanoseconds = 0;
        do
        {
            if (!TryPart(ref rest, ref sum))
            {
                return false;
            }
        }
        while (!rest.IsEmpty);

        nanoseconds = (long)(negative ? -sum : sum);
        return true;
    }

    internal static void Append(StringBuilder text, long nanoseconds)
    {
        if (nanoseconds >= 0 && nanoseconds % 1_000_000 == 0)
        {
            QueryDuration.Append(text, nanoseconds / 1_000_000);
            return;
        }

        var rest = (ulong)Math.Abs((decimal)nanoseconds);
        text.Append(nanoseconds < 0 ? "-" : "");
        if (rest < 1_000_000)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(rest % 1000 == 0 ? rest / 1000 : rest)}{(rest % 1000 == 0 ? "us" : "ns")}");
            return;
        }

        Whole(text, ref rest, 3_600_000_000_000, "h");
        Whole(text, ref rest, 60_000_000_000, "m");
        if (rest > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest / 1_000_000_000m:0.#########}s");
        }
    }

    private static void Whole(StringBuilder text, ref ulong rest, ulong length, string unit)
    {
        if (rest >= length)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rest / length}{unit}");
            rest %= length;
        }
    }

    private static bool TryPart(ref ReadOnlySpan<char> rest, ref decimal sum)
    {
        var length = rest.IndexOfAnyExcept(Digits);
        if (length <= 0 || length > 28
            || !decimal.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        rest = rest[length..];
        var letters = rest.IndexOfAny(Digits);
        var unit = letters < 0 ? rest : rest[..letters];
        rest = rest[unit.Length..];
        foreach (var (name, nanoseconds) in Units)
        {
            if (unit.SequenceEqual(name) && number <= long.MaxValue / nanoseconds)
            {
                sum += decimal.Truncate(number * nanoseconds);
                return sum <= long.MaxValue;
            }
        }

        return false;
    }
}
