using System.Globalization;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>Writes numbers for people: three significant digits, in a unit of readable size. Times are UTC.</summary>
public static class Numbers
{
    public static string Write(double value, string? unit) => unit switch
    {
        "ratio" => Digits(value * 100) + " %",
        "seconds" => Seconds(value),
        "milliseconds" => Seconds(value / 1000),
        "bytes" => Bytes(value),
        "bytes_per_second" => Bytes(value) + "/s",
        "bytes_per_hour" => Bytes(value) + "/h",
        "per_second" => Digits(value) + "/s",
        "times" => Digits(value) + "x",
        "cores" => Digits(value) + " cores",
        "count" or "up" => value.ToString(Math.Abs(value - Math.Round(value)) < 1e-9 ? "0" : "0.##", CultureInfo.InvariantCulture),
        _ => Digits(value),
    };

    public static string Clock(DateTimeOffset at) => at.ToUniversalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Date(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Duration(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? Digits(Math.Round(time.TotalSeconds)) + " s"
        : time < TimeSpan.FromHours(2) ? Digits(Math.Round(time.TotalMinutes)) + " min" : Digits(time.TotalHours) + " h";

    /// <summary>Three significant digits; whole numbers above a thousand are written out.</summary>
    public static string Digits(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value == 0 ? "0" : "unknown";
        }

        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        var decimals = Math.Clamp(2 - magnitude, 0, 6);
        var text = Math.Abs(value) < 1e-6
            ? value.ToString("0.##E+0", CultureInfo.InvariantCulture)
            : Math.Round(value, decimals).ToString("0.######", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    private static string Seconds(double value) => Math.Abs(value) switch
    {
        0 => "0 s",
        < 0.001 => Digits(value * 1e6) + " µs",
        < 1 => Digits(value * 1000) + " ms",
        _ => Digits(value) + " s",
    };

    private static string Bytes(double value)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var power = 0;
        while (Math.Abs(value) >= 1024 && power < units.Length - 1)
        {
            (value, power) = (value / 1024, power + 1);
        }

        return $"{Digits(value)} {units[power]}";
    }
}
