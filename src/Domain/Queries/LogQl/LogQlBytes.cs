using System.Buffers;
using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Sizes of label filters: <c>20MB</c> (powers of 1000) and <c>2.5KiB</c> (powers of 1024).</summary>
internal static class LogQlBytes
{
    private static readonly (string Unit, ulong Bytes)[] Units =
    [
        ("PiB", 1UL << 50), ("PB", 1_000_000_000_000_000), ("TiB", 1UL << 40), ("TB", 1_000_000_000_000), ("GiB", 1UL << 30), ("GB", 1_000_000_000),
        ("MiB", 1UL << 20), ("MB", 1_000_000), ("KiB", 1UL << 10), ("kB", 1000), ("B", 1),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    internal static bool TryParse(ReadOnlySpan<char> text, out ulong bytes)
    {
        bytes = 0;
        var length = text.IndexOfAnyExcept(Digits);
        if (length <= 0 || !double.TryParse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = text[length..];
        foreach (var (name, factor) in Units)
        {
            // The B may be left out: 5k, 5Ki.
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase) || (name.Length > 1 && unit.Equals(name.AsSpan(0, name.Length - 1), StringComparison.OrdinalIgnoreCase)))
            {
                var product = number * factor;
                bytes = product < ulong.MaxValue ? (ulong)product : 0;
                return product < ulong.MaxValue;
            }
        }

        return false;
    }

    /// <summary>The largest unit that leaves a whole number which a double holds exactly, so that it reads back the same.</summary>
    internal static void Append(StringBuilder text, ulong bytes)
    {
        foreach (var (unit, factor) in Units)
        {
            if (bytes % factor == 0 && (bytes > 0 || factor == 1))
            {
                text.Append(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
                return;
            }
        }
    }
}
