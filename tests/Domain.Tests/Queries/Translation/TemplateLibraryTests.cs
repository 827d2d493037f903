using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Queries.Translation.Planning;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Tests.Queries.Translation;

/// <summary>Every template, over every name that its metrics may have: what it writes must be PromQL in each of its forms.</summary>
public sealed class TemplateLibraryTests
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public static TheoryData<string> Ids => [.. TemplateLibrary.All.Select(t => t.Id)];

    [Fact]
    public void All_Ids_AreUnique() => Assert.Equal(TemplateLibrary.All.Count, TemplateLibrary.All.Select(t => t.Id).Distinct().Count());

    [Theory]
    [MemberData(nameof(Ids))]
    public void Bind_EveryFormOfATemplate_IsPromQl(string id)
    {
        var template = TemplateLibrary.Find(id);
        var metrics = template.Text.Metrics.Concat(template.Count?.Metrics ?? []).Distinct().ToList();
        var most = metrics.Max(m => MetricSlots.Candidates(m).Count);
        for (var i = 0; i < most; i++)
        {
            var names = metrics.Select(m => MetricSlots.Candidates(m)[Math.Min(i, MetricSlots.Candidates(m).Count - 1)]).ToList();
            var context = new TranslationContext { Now = DateTimeOffset.UnixEpoch, Metrics = Exposing(names) };
            foreach (var groups in new[] { Array.Empty<string>(), ["service"] })
            {
                var question = new Understanding { Question = "", Intent = QuestionIntent.Metrics, IntentConfidence = 1, GroupBy = groups };
                var bound = BoundMeasure.Bind(template, question, context, 1, "test");
                Assert.True(bound is not null, $"{id} binds to {string.Join(", ", names)}");
                string?[] forms = [bound.Now(context.RateWindow), bound.Average(Window), bound.Count(Window), bound.OverTime("max_over_time", Window, context.RateWindow, null), bound.OverTime("quantile_over_time", Window, context.RateWindow, 0.9)];
                Assert.All(forms.OfType<string>(), form => Assert.NotEmpty(PromQlWriter.Canonical(form)));
            }
        }
    }

    private static MetricCatalogue Exposing(List<string> names) => MetricCatalogue.Build(
        names.Select(Base).Distinct().Select(n => new MetricMetadata(n, names.Any(m => m == n + "_bucket" || m == n + "_sum" || m == n + "_count") ? "histogram" : "", "", "")),
        names.Select(n => new Dictionary<string, string> { ["__name__"] = n, ["service"] = "shop", ["code"] = "200" }));

    private static string Base(string name) => name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^7]
        : name.EndsWith("_seconds_sum", StringComparison.Ordinal) || name.EndsWith("_milliseconds_sum", StringComparison.Ordinal) ? name[..^4]
        : name.EndsWith("_seconds_count", StringComparison.Ordinal) || name.EndsWith("_milliseconds_count", StringComparison.Ordinal) ? name[..^6] : name;
}
