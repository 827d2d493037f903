using System.Globalization;
using System.Text;

namespace Nightwatch.Adapters.MetricsEndpoint;

/// <summary>Names, numbers and texts as Prometheus' text format 0.0.4 writes them (prometheus.io/docs/instrumenting/exposition_formats).</summary>
internal static class MetricName
{
    /// <summary>nightwatch.tool.duration in s becomes nightwatch_tool_duration_seconds; a counter ends in _total.</summary>
    public static string Of(string name, string? unit, bool isCounter)
    {
        var text = Clean(name);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" => "_ratio",
            _ => "",
        };
        if (!text.EndsWith(suffix, StringComparison.Ordinal))
        {
            text += suffix;
        }

        return isCounter && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    public static string Label(string name) =>
        Clean(name) is var clean && clean == "le" ? "le_" : clean.StartsWith("__", StringComparison.Ordinal) ? clean[1..] : clean;

    public static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    public static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);

    public static string EscapeLabel(string text) => EscapeHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return clean.Length == 0 ? "_" : char.IsAsciiDigit(clean[0]) ? clean.Insert(0, '_').ToString() : clean.ToString();
    }
}
