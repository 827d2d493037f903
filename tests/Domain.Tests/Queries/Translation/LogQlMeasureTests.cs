using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.Translation;

/// <summary>A public set of questions for logs with queries written by people, beside this checkout: the share that is right, part by part.</summary>
public sealed partial class LogQlMeasureTests(ITestOutputHelper output)
{
    [Fact]
    public void Translate_PublicQuestions_SharesRightByPart()
    {
        var path = Path.Combine(Repository.Bench ?? "/work/shared/bench", "queries", "nl2logql_half.json");
        Assert.SkipUnless(File.Exists(path), "../shared/bench/queries is not here");
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var cases = json.RootElement.EnumerateArray().Select(c => (Question: c.GetProperty("question").GetString()!, Query: c.GetProperty("logql").GetString()!)).ToList();
        var context = new TranslationContext { Now = new DateTimeOffset(2026, 11, 18, 14, 30, 0, TimeSpan.Zero), Logs = Labels(cases.Select(c => c.Query)) };
        var right = new Dictionary<string, int> { ["parses"] = 0, ["application"] = 0, ["selector"] = 0, ["filters"] = 0, ["aggregation"] = 0, ["range"] = 0 };
        foreach (var (question, expected) in cases)
        {
            var queries = QueryTranslator.Translate(question, context).Queries;
            var text = queries.Count > 0 ? queries[0].Text : "";
            right["parses"] += LogQlParser.TryParse(text, out _, out _) ? 1 : 0;
            right["application"] += Matchers(expected).Where(m => m.StartsWith("application=", StringComparison.Ordinal)).All(Matchers(text).Contains) ? 1 : 0;
            right["selector"] += Matchers(expected).SetEquals(Matchers(text)) ? 1 : 0;
            right["filters"] += Overlap(Filters(expected), Filters(text)) >= 0.5 ? 1 : 0;
            right["aggregation"] += Functions(expected).SequenceEqual(Functions(text)) ? 1 : 0;
            right["range"] += Ranges(expected).SetEquals(Ranges(text)) ? 1 : 0;
            output.WriteLine($"{question}\n   {expected.ReplaceLineEndings(" ")}\n   {text}");
        }

        output.WriteLine(string.Join(", ", right.Select(r => $"{r.Key} {100.0 * r.Value / cases.Count:0.0} %")));
        Assert.Equal(cases.Count, right["parses"]);
        Assert.True(right["application"] > 0.85 * cases.Count && right["filters"] > 0.6 * cases.Count);
    }

    /// <summary>What a source with these streams would list as labels and values.</summary>
    private static LogCatalogue Labels(IEnumerable<string> queries) => LogCatalogue.Build(queries.SelectMany(q => Selector().Match(q).Groups["in"].Value is var inside ? Matcher().Matches(inside) : null!)
        .Where(m => m.Groups["op"].Value == "=").GroupBy(m => m.Groups["label"].Value).ToDictionary(g => g.Key, g => (IReadOnlyCollection<string>)[.. g.Select(m => m.Groups["value"].Value).Distinct()]));

    private static HashSet<string> Matchers(string query) => [.. Matcher().Matches(Selector().Match(query).Groups["in"].Value).Select(m => m.Groups["label"].Value + m.Groups["op"].Value + m.Groups["value"].Value)];

    private static HashSet<string> Filters(string query) => [.. Filter().Matches(query).SelectMany(m => Word().Matches(m.Groups["text"].Value)).Select(w => w.Value.ToLowerInvariant())];

    private static List<string> Functions(string query) => [.. Function().Matches(Quoted().Replace(query, "")).Select(m => m.Value)];

    private static HashSet<string> Ranges(string query) => [.. Range().Matches(Quoted().Replace(query, "")).Select(m => m.Groups["d"].Value switch { "1d" => "24h", "1w" => "7d", var d => d })];

    // The share of words that both filters hold: a text and a pattern for the same lines count as the same.
    private static double Overlap(HashSet<string> a, HashSet<string> b) => a.Count == 0 && b.Count == 0 ? 1 : (double)a.Intersect(b).Count() / Math.Max(1, a.Union(b).Count());

    [GeneratedRegex(@"\{(?<in>[^{}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex("(?<label>\\w+)\\s*(?<op>=~|!~|!=|=)\\s*\"(?<value>[^\"]*)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex("\\|[=~]\\s*[\"`](?<text>(?:[^\"`\\\\]|\\\\.)*)[\"`]")]
    private static partial Regex Filter();

    [GeneratedRegex("[A-Za-z0-9]{2,}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(sum|count|topk|avg|max|min|count_over_time|avg_over_time|quantile_over_time|max_over_time|rate|bytes_rate)\b")]
    private static partial Regex Function();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[(?<d>\d+[smhdw])\]")]
    private static partial Regex Range();
}
