using System.Globalization;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>A value with its unit as people read it, to four digits. The exact value stays in the data.</summary>
public static class QuantityText
{
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <param name="unit">As a proposed query has it: bytes, seconds, ratio, percent, per_second, bytes_per_second, count, ...</param>
    public static string Of(double? value, string unit)
    {
        if (value is not { } number)
        {
            return "no number (NaN or infinite)";
        }

        return unit switch
        {
            "bytes" => Bytes(number),
            "bytes_per_second" => $"{Bytes(number)}/s",
            "seconds" => Seconds(number),
            "milliseconds" => Seconds(number / 1000),
            "ratio" => $"{Plain(number * 100)} %",
            "percent" => $"{Plain(number)} %",
            "per_second" => $"{Plain(number)}/s",
            "seconds_per_second" => $"{Plain(number)} s/s",
            "celsius" => $"{Plain(number)} °C",
            "timestamp" or "unix_seconds" when number is > 0 and < 1e11 =>
                DateTimeOffset.FromUnixTimeMilliseconds((long)(number * 1000)).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            "" or "count" or "lines" or "boolean" or "state" or "value" or "number" => Plain(number),
            _ => $"{Plain(number)} {unit.Replace('_', ' ')}",
        };
    }

    private static string Bytes(double value)
    {
        var size = 0;
        var rest = Math.Abs(value);
        while (rest >= 1024 && size < Binary.Length - 1)
        {
            rest /= 1024;
            size++;
        }

        return $"{(value < 0 ? "-" : "")}{Plain(rest)} {Binary[size]}";
    }

    private static string Seconds(double value)
    {
        var size = Math.Abs(value);
        return size switch
        {
            0 => "0 s",
            < 0.001 => $"{Plain(value * 1e6)} µs",
            < 1 => $"{Plain(value * 1000)} ms",
            < 120 => $"{Plain(value)} s",
            < 7_200 => $"{Plain(value / 60)} min",
            < 172_800 => $"{Plain(value / 3600)} h",
            _ => $"{Plain(value / 86_400)} days",
        };
    }

    /// <summary>Four significant digits; whole numbers below ten million as they are, with thin groups of thousands.</summary>
    private static string Plain(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        if (Math.Floor(value) == value && Math.Abs(value) < 1e7)
        {
            return value.ToString("#,0", CultureInfo.InvariantCulture);
        }

        var size = Math.Abs(value);
        if (size is >= 1e7 or < 1e-4)
        {
            return value.ToString("0.###e0", CultureInfo.InvariantCulture);
        }

        var digits = 3 - (int)Math.Floor(Math.Log10(size));
        return digits <= 0 ? Math.Round(value).ToString("#,0", CultureInfo.InvariantCulture) : Math.Round(value, Math.Min(digits, 8)).ToString("0.########", CultureInfo.InvariantCulture);
    }
}
