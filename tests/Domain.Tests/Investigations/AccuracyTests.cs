using System.Globalization;
using System.Text;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
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
