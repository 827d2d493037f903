namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>Units as names end in them, and what becomes of a unit when a rate is taken.</summary>
internal static class MetricUnits
{
    private static readonly string[] Units = ["seconds", "bytes", "ratio", "percent", "celsius", "volts", "amperes", "joules", "watts", "meters", "milliseconds", "hertz"];

    public static string OfName(string name)
    {
        var plain = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^6] : name;
        return Array.Find(Units, u => plain.EndsWith("_" + u, StringComparison.Ordinal)) ?? "";
    }

    public static string PerSecond(string unit) => unit switch { "bytes" => "bytes_per_second", "seconds" => "seconds_per_second", _ => "per_second" };
}
