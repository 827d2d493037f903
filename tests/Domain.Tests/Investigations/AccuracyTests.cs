using System.Globalization;
using System.Text;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tests.Investigations.Simulation;

namespace Nightwatch.Domain.Tests.Investigations;

/// <summary>How often the first hypothesis is right, over simulated shops in a real Prometheus.</summary>
public sealed class AccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Conclude_FaultsOfEveryKind_FirstHypothesisIsRight()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seeds = int.Parse(Environment.GetEnvironmentVariable("NIGHTWATCH_SEEDS") ?? "3", CultureInfo.InvariantCulture);
        var plans = Worlds.All(seeds);
        await using var lab = await WorldLab.StartAsync(plans, cancellation);
        var results = new List<(WorldPlan Plan, InvestigationView View, bool Right)>();
        foreach (var plan in plans)
        {
            var view = await Worlds.InvestigateAsync(lab, plan, InvestigationDepth.Standard, cancellation);
            results.Add((plan, view, Worlds.IsRight(plan, view)));
        }

        Write(results);
        Assert.All(
            results.GroupBy(r => r.Plan.Kind),
            kind => Assert.True(kind.Count(r => r.Right) >= kind.Count() * 0.6, $"{kind.Key}: {kind.Count(r => r.Right)} of {kind.Count()}"));
        Assert.True(results.Count(r => r.Right) >= results.Count * 0.85, $"{results.Count(r => r.Right)} of {results.Count}");
    }

    [Fact]
    public async Task Conclude_WhatChangedIsNotKnown_StillBlamesTheComponentAndIsLessSure()
    {
        var cancellation = TestContext.Current.CancellationToken;
        WorldPlan plan = new() { Kind = "deployment", Seed = 7, Component = "orders", Causes = ["deployment_regression"] };
        await using var lab = await WorldLab.StartAsync([plan], cancellation);
        var full = await Worlds.InvestigateAsync(lab, plan, InvestigationDepth.Deep, cancellation);
        var blind = await Worlds.InvestigateAsync(lab, plan, InvestigationDepth.Deep, cancellation, inner => new InterferingCatalog(inner, r => r.Name == "find_changes" ? FakeCatalog.Down(r) : null));
        var (sure, unsure) = (full.Investigation.Conclusion!, blind.Investigation.Conclusion!);

        Assert.Equal("deployment_regression", sure.Hypotheses[0].Cause);
        Assert.Equal("orders", unsure.Hypotheses[0].Component);
        Assert.True(unsure.Hypotheses[0].Confidence < sure.Hypotheses[0].Confidence);
        Assert.Contains(unsure.NotChecked, q => q.Why == "connection refused");
        AssertGrounded(full);
        Assert.True(full.Evidence.Count(e => e.Tool == "query_metrics_range" && e.Facts.Count > 0) >= 3);
    }

    /// <summary>The template speaks under the same rule as a model.</summary>
    private static void AssertGrounded(InvestigationView view)
    {
        var numbers = new GroundedNumbers(view.Investigation, view.Evidence, view.Investigation.Conclusion!);
        Assert.All(view.Evidence.Where(e => e.Facts.Count > 0).Select(e => e.Summary[(e.Title.Length + 1)..]), s => Assert.True(numbers.FirstUnknown(s) is null, $"{numbers.FirstUnknown(s)} in: {s}"));
        Assert.All(view.Investigation.Conclusion!.Hypotheses, h => Assert.True(numbers.FirstUnknown(h.Statement) is null, $"{numbers.FirstUnknown(h.Statement)} in: {h.Statement}"));
    }

    private void Write(List<(WorldPlan Plan, InvestigationView View, bool Right)> results)
    {
        var text = new StringBuilder();
        foreach (var kind in results.GroupBy(r => r.Plan.Kind))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{kind.Key}: {kind.Count(r => r.Right)}/{kind.Count()}, mean confidence {kind.Average(r => r.View.Investigation.Conclusion!.Hypotheses.Select(h => h.Confidence).FirstOrDefault()):0.00}, steps {kind.Average(r => r.View.Evidence.Count):0}");
            foreach (var (plan, view, _) in kind.Where(r => !r.Right).Take(4))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"   seed {plan.Seed} {plan.Component} history {plan.HistorySeconds}: ");
                foreach (var h in view.Investigation.Conclusion!.Hypotheses.Take(3))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"      {h.Confidence:0.00} {h.Cause} {h.Component}: {h.Statement}");
                    text.AppendLine(CultureInfo.InvariantCulture, $"          + {string.Join(" | ", h.For.Select(p => $"{p.Weight:0.0} {p.Statement}"))}");
                    text.AppendLine(CultureInfo.InvariantCulture, $"          - {string.Join(" | ", h.Against.Select(p => $"{p.Weight:0.0} {p.Statement}"))}");
                }
            }
        }

        output.WriteLine(text.ToString());
        if (Environment.GetEnvironmentVariable("NIGHTWATCH_REPORT") is { } path)
        {
            File.WriteAllText(path, text.ToString());
        }
    }
}
