using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Adapters.Tests.Fakes;

internal sealed record FakeLine(long Time, IReadOnlyDictionary<string, string> Labels, string Line);

/// <summary>Loki refuses a query while it runs.</summary>
internal sealed class FakeLogQlException(string message) : Exception(message);

/// <summary>
/// Evaluates the LogQL that we send, as Loki's documentation says: stream selectors, line filters, json and logfmt, label filters, counts and rates over (t - range, t],
/// and sums. A line that cannot be parsed gets the label __error__, with which a metric query fails.
/// </summary>
internal static partial class FakeLogQl
{
    public static IEnumerable<FakeLine> Lines(LogQuery query, IEnumerable<FakeLine> lines) => lines
        .Where(l => query.Selector.Matchers.All(m => Holds(m, l.Labels)))
        .Select(l => query.Stages.Aggregate((FakeLine?)l, (line, stage) => line is null ? null : Apply(stage, line)))
        .OfType<FakeLine>();

    public static IEnumerable<(Dictionary<string, string> Labels, double Value)> Evaluate(LogQlMetric metric, List<FakeLine> lines, long at) => metric switch
    {
        RangeAggregation range => Over(range, lines, at),
        VectorAggregation { Function: VectorFunction.Sum } sum => Evaluate(sum.Operand, lines, at)
            .GroupBy(s => Key(Kept(s.Labels, sum.Grouping)))
            .Select(g => (Kept(g.First().Labels, sum.Grouping), g.Sum(s => s.Value))),
        _ => throw new FakeLogQlException($"the fake does not know {metric}"),
    };

    private static IEnumerable<(Dictionary<string, string> Labels, double Value)> Over(RangeAggregation range, List<FakeLine> lines, long at)
    {
        var length = range.Range.RangeMilliseconds * 1_000_000;
        var found = Lines(range.Range.Query, lines.Where(l => l.Time > at - length && l.Time <= at)).ToList();
        if (found.Find(l => l.Labels.GetValueOrDefault("__error__", "").Length > 0) is { } wrong)
        {
            throw new FakeLogQlException($"pipeline error: '{wrong.Labels["__error__"]}' for series: '{Key(wrong.Labels)}'.");
        }

        return found.GroupBy(l => Key(l.Labels)).Select(g => (new Dictionary<string, string>(g.First().Labels), range.Function switch
        {
            RangeFunction.CountOverTime => g.Count(),
            RangeFunction.Rate => g.Count() / (length / 1e9),
            _ => throw new FakeLogQlException($"the fake does not know {range.Function}"),
        }));
    }

    private static FakeLine? Apply(LogQlStage stage, FakeLine line) => stage switch
    {
        LineFilterStage filter => Passes(filter, line.Line) ? line : null,
        LabelFilterStage { Filter: LabelTextFilter text } => Holds(text.Matcher, line.Labels) ? line : null,
        JsonStage json => Parsed(line, Json(line.Line), json.Extractions, "JSONParserErr"),
        LogfmtStage logfmt => Parsed(line, Logfmt(line.Line), logfmt.Extractions, "LogfmtParserErr"),
        _ => throw new FakeLogQlException($"the fake does not know {stage}"),
    };

    private static bool Passes(LineFilterStage filter, string line)
    {
        var any = filter.Texts.Any(t => filter.Match is LineMatch.Regex or LineMatch.NotRegex ? Regex.IsMatch(line, t.Text) : line.Contains(t.Text, StringComparison.Ordinal));
        return any == filter.Match is LineMatch.Contains or LineMatch.Regex;
    }

    private static bool Holds(MatcherSyntax matcher, IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(matcher.Label, "");
        return matcher.Operator switch
        {
            MatchOperator.Equal => value == matcher.Value,
            MatchOperator.NotEqual => value != matcher.Value,
            MatchOperator.RegexMatch => Regex.IsMatch(value, $"^(?:{matcher.Value})$"),
            _ => !Regex.IsMatch(value, $"^(?:{matcher.Value})$"),
        };
    }

    private static FakeLine Parsed(FakeLine line, Dictionary<string, string>? fields, SyntaxList<LabelExtraction> extractions, string error)
    {
        var labels = new Dictionary<string, string>(line.Labels);
        foreach (var (label, expression) in fields is null ? [] : extractions.Count == 0 ? fields.Select(f => (f.Key, f.Key)) : extractions.Select(e => (e.Label, e.Expression)))
        {
            if (fields!.TryGetValue(expression, out var value))
            {
                labels[labels.ContainsKey(label) ? label + "_extracted" : label] = value;
            }
        }

        if (fields is null)
        {
            labels["__error__"] = error;
        }

        return line with { Labels = labels };
    }

    private static Dictionary<string, string>? Json(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString());
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Logfmt(string line) =>
        Pair().Matches(line).GroupBy(m => m.Groups[1].Value).ToDictionary(g => g.Key, g => g.First().Groups[2].Value.Trim('"'));

    private static Dictionary<string, string> Kept(Dictionary<string, string> labels, LogGrouping? grouping) => grouping is null
        ? []
        : labels.Where(l => grouping.Labels.Contains(l.Key) != grouping.Without).ToDictionary(l => l.Key, l => l.Value);

    private static string Key(IReadOnlyDictionary<string, string> labels) => string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    [GeneratedRegex("""([A-Za-z_][A-Za-z0-9_.]*)=("[^"]*"|[^\s]*)""")]
    private static partial Regex Pair();
}
