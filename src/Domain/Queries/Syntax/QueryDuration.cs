using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Queries.Syntax;

/// <summary>
/// Durations as Prometheus writes them: whole numbers with the units y (365 days), w, d, h, m, s and ms, the larger unit first and each at most once.
/// The largest is what fits 64 bits of nanoseconds, 292 years. Source: Prometheus documentation, "Querying basics", time durations.
/// </summary>
public static class QueryDuration
{
    /// <summary>About 292 years, in milliseconds.</summary>
    public const long MaxMilliseconds = long.MaxValue / 1_000_000;

    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 365L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>Reads <c>1h30m</c> into milliseconds. "0" alone needs no unit.</summary>
    /// <param name="problem">What is wrong, without a position; empty when nothing is.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds, out string problem)
    {
        milliseconds = 0;
        problem = "";
        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            problem = "a duration is missing; write a number and a unit, as in 5m";
            return false;
        }

        var (at, last) = (0, -1);
        while (at < text.Length)
        {
            if (!TryPart(text, ref at, ref last, ref milliseconds, out problem))
            {
                milliseconds = 0;
                return false;
            }
        }

        return true;
    }

    /// <summary>The shortest canonical form: 5400000 is <c>1h30m</c>, 0 is <c>0s</c>; years and weeks only where nothing is left over.</summary>
    public static string Format(long milliseconds)
    {
        var text = new StringBuilder();
        Append(text, milliseconds);
        return text.ToString();
    }

    public static string Format(TimeSpan duration) => Format((long)duration.TotalMilliseconds);

    public static void Append(StringBuilder text, long milliseconds)
    {
        if (milliseconds == 0)
        {
            text.Append("0s");
            return;
        }

        if (milliseconds < 0)
        {
            text.Append('-');
        }

        var rest = (ulong)Math.Abs((decimal)milliseconds);
        foreach (var (unit, length) in Units)
        {
            var count = rest / (ulong)length;
            if (count > 0 && (unit is not ("y" or "w") || rest % (ulong)length == 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                rest -= count * (ulong)length;
            }
        }
    }

    private static bool TryPart(ReadOnlySpan<char> text, ref int at, ref int last, ref long milliseconds, out string problem)
    {
        var digits = text[at..].IndexOfAnyExceptInRange('0', '9');
        var number = digits < 0 ? text[at..] : text.Slice(at, digits);
        var rest = digits <= 0 ? default : text[(at + digits)..];
        var letters = rest.IndexOfAnyInRange('0', '9');
        var name = letters < 0 ? rest : rest[..letters];
        var unit = -1;
        for (var i = 0; i < Units.Length; i++)
        {
            unit = name.SequenceEqual(Units[i].Unit) ? i : unit;
        }

        if (unit < 0)
        {
            problem = $"'{Short(text)}' is not a duration; write whole numbers with the units y, w, d, h, m, s and ms, as in 1h30m";
            return false;
        }

        if (unit <= last)
        {
            problem = $"'{Short(text)}' is not a duration; each unit may stand once, the larger before the smaller";
            return false;
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > MaxMilliseconds / Units[unit].Milliseconds || (milliseconds += count * Units[unit].Milliseconds) > MaxMilliseconds)
        {
            problem = $"the duration '{Short(text)}' is out of range; the longest is about 292 years";
            return false;
        }

        at += digits + name.Length;
        last = unit;
        problem = "";
        return true;
    }

    private static string Short(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}...";
}
