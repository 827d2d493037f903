namespace Nightwatch.Domain.Queries.Catalogue;

/// <summary>Units as names end in them, and what becomes of a unit when a rate is taken.</summary>
internal static class MetricUnits
{
    private static readonly string[] Units = ["seconds", "bytes", "ratio", "percent", "celsius", "volts", "amperes", "joules", "watts", "meters", "milliseconds", "hertz"];
    private static readonly string[] Endings = [.. Units.Select(u => "_" + u)];

    public static string OfName(string name)
    {
        var plain = name.EndsWith("_total", StringComparison.Ordinal) ? name.AsSpan(0, name.Length - 6) : name;
        for (var i = 0; i < Endings.Length; i++)
        {
            if (plain.EndsWith(Endings[i], StringComparison.Ordinal))
            {
                return Units[i];
            }
        }

        return "";
    }

    public static string PerSecond(string unit) => unit switch { "bytes" => "bytes_per_second", "seconds" => "seconds_per_second", _ => "per_second" };
}
