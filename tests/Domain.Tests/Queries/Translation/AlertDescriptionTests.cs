using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.Translation;

/// <summary>A public collection of alerting rules, beside this checkout: how often their title and description lead to a metric of their expression.</summary>
public sealed partial class AlertDescriptionTests(ITestOutputHelper output)
{
    [Fact]
    public void Translate_TitlesOfPublicAlerts_FindAMetricOfTheirExpression()
    {
        var path = Path.Combine(Repository.Bench ?? "/work/shared/bench", "queries", "awesome_prometheus_alerts.json");
        Assert.SkipUnless(File.Exists(path), "../shared/bench/queries is not here");
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var cases = json.RootElement.EnumerateArray()
            .Select(c => (Title: c.GetProperty("name").GetString() ?? "", Text: Variable().Replace(c.GetProperty("description").GetString() ?? "", " "), Metrics: Metrics(c.GetProperty("query").GetString() ?? "")))
            .Where(c => c.Metrics.Count > 0).ToList();
        var names = cases.SelectMany(c => c.Metrics).Distinct().ToList();
        var context = new TranslationContext { Now = new DateTimeOffset(2026, 11, 18, 14, 30, 0, TimeSpan.Zero), Metrics = MetricCatalogue.Build(names.Select(n => new MetricMetadata(n, "", "", "")), []) };
        var (first, any) = (0, 0);
        foreach (var (title, text, metrics) in cases)
        {
            var queries = QueryTranslator.Translate($"{title}. {text}", context).Queries.Where(q => q.Language == ProposedQuery.PromQl).Select(q => Metrics(q.Text)).ToList();
            first += queries.Count > 0 && queries[0].Overlaps(metrics) ? 1 : 0;
            any += queries.Exists(q => q.Overlaps(metrics)) ? 1 : 0;
        }

        output.WriteLine($"{cases.Count} alerts over {names.Count} metrics: the first query uses one of its metrics for {first}, any query for {any}");
        Assert.True(any > cases.Count / 3);
    }

    private static HashSet<string> Metrics(string query)
    {
        var found = new HashSet<string>();
        if (PromQlQuery.TryParse(query, PromQlDialect.V3, out _, out _))
        {
            found.UnionWith(Name().Matches(Quoted().Replace(query, "\"\"")).Select(m => m.Value).Where(n => n.Contains('_', StringComparison.Ordinal) && !n.EndsWith("_over_time", StringComparison.Ordinal)));
            found.ExceptWith(["group_left", "group_right", "histogram_quantile", "predict_linear", "label_replace", "label_join", "count_values"]);
        }

        return found;
    }

    [GeneratedRegex(@"\{\{[^}]*\}\}")]
    private static partial Regex Variable();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<![\w$])[a-zA-Z_:][\w:]*(?=\s*[\[{)]|\s*$|\s+[-+*/<>=!a-z])(?!\s*=~?)")]
    private static partial Regex Name();
}
