using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Gathering;

/// <summary>Reads query_logs: lines that differ only in numbers and identifiers are one pattern; the most frequent patterns are kept with a count.</summary>
internal sealed partial class LogsReader : IToolReader
{
    private const int MaxPatterns = 8;
    private const int MaxPattern = 300;

    public string Tool => "query_logs";

    public EvidenceReading Read(EvidenceStep step, InvestigationSubject subject, JsonElement data)
    {
        var lines = Json.List(data, "lines")
            .Select(l => (Text: Json.Text(l, "line", 2000) ?? "", At: Json.Time(l, "at"), Labels: Json.Labels(l)))
            .Where(l => l.Text.Length > 0)
            .ToList();
        var patterns = lines.GroupBy(l => Pattern(l.Text), StringComparer.Ordinal)
            .Select(g => (Pattern: g.Key, Count: g.Count(), First: g.Min(l => l.At), Labels: g.First().Labels))
            .OrderByDescending(p => p.Count).ThenBy(p => p.Pattern, StringComparer.Ordinal).Take(MaxPatterns).ToList();
        return new EvidenceReading
        {
            Summary = lines.Count == 0
                ? $"{step.Title}: none."
                : $"{step.Title}: {Numbers.Write(lines.Count, "count")} lines in {Numbers.Write(patterns.Count, "count")} patterns, the most frequent {Numbers.Write(patterns[0].Count, "count")} times.",
            Facts =
            [
                MetricsReader.Count("lines", lines.Count), MetricsReader.Count("patterns", patterns.Count),
                .. patterns.Select(p => new Fact { Name = "pattern", Value = p.Count, Unit = "count", At = p.First, Labels = Component(p.Labels, step) }),
            ],
            Items = [.. patterns.Select(p => new EvidenceItem { Kind = "log_pattern", Text = p.Pattern, At = p.First, Labels = Component(p.Labels, step) })],
        };
    }

    private static Dictionary<string, string> Component(Dictionary<string, string> labels, EvidenceStep step) =>
        (ServiceLabels.ComponentOf(labels) ?? step.Component) is { } component ? new() { ["service"] = component } : [];

    private static string Pattern(string line)
    {
        var text = Variable().Replace(line, "#").Trim();
        return text.Length <= MaxPattern ? text : text[..MaxPattern] + "...";
    }

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,30}|0x[0-9a-fA-F]+|[0-9a-fA-F]{12,}|[0-9]+([.:,][0-9]+)*", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();
}
