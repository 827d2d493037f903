using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations.Reasoning;

public sealed class HypothesisRankingTests
{
    [Fact]
    public void Rank_DeepestFails_BlamesItAndNotItsCallers()
    {
        var ranked = Rank(Boards.PaymentFails());

        Assert.Equal(("internal_errors", "payment"), (ranked[0].Cause, ranked[0].Component));
        Assert.InRange(ranked[0].Confidence, 0.6, HypothesisRanking.MostConfident);
        Assert.All(ranked.Where(h => h.Component == "frontend"), h => Assert.Contains(h.Against, p => p.Statement.Contains("explained by orders", StringComparison.Ordinal)));
        Assert.StartsWith("payment fails by itself (frontend -> orders -> payment): share of failed requests from", ranked[0].Statement, StringComparison.Ordinal);
        Assert.All(ranked.SelectMany(h => h.For.Concat(h.Against)), p => Assert.StartsWith("inv-1:", p.EvidenceId, StringComparison.Ordinal));
    }

    [Fact]
    public void Rank_DeploymentOfTheCulprit_BlamesTheDeployment()
    {
        var ranked = Rank(Boards.PaymentFails(Boards.Change("payment", "deployment", -40, "payment changed from version 1.4.2 to 1.5.0")));

        Assert.Equal(("deployment_regression", "payment"), (ranked[0].Cause, ranked[0].Component));
        Assert.StartsWith("payment went bad with its deployment: changed from version 1.4.2 to 1.5.0 at", ranked[0].Statement, StringComparison.Ordinal);
        Assert.DoesNotContain("payment: ", ranked[0].Statement, StringComparison.Ordinal);
        Assert.Contains(ranked[0].For, p => p.EvidenceId == "inv-1:change");
    }

    [Theory]
    [InlineData("frontend", -40)]
    [InlineData("catalogue", -40)]
    [InlineData("payment", -5000)]
    [InlineData("payment", 300)]
    public void Rank_DeploymentElsewhereOrAtAnotherTime_IsNotBlamed(string service, double seconds)
    {
        var ranked = Rank(Boards.PaymentFails(Boards.Change(service, "deployment", seconds, $"{service} changed from version 1 to 2")));

        Assert.Equal(("internal_errors", "payment"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_TakenBackBeforeTheOnset_IsBlamedNeitherOnTheDeploymentNorOnTheRollback()
    {
        var ranked = Rank(Boards.PaymentFails(
            Boards.Change("payment", "deployment", -140, "payment changed from version 1.4.2 to 1.5.0"),
            Boards.Change("payment", "rollback", -50, "payment went back from version 1.5.0 to 1.4.2"),
            Boards.Change("payment", "restart", -52, "payment restarted")));

        Assert.Equal(("internal_errors", "payment"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_RestartedAndWellForAMinute_IsNotBlamedOnTheRestart()
    {
        var ranked = Rank(Boards.PaymentFails(Boards.Change("payment", "restart", -85, "payment restarted")));

        Assert.Equal(("internal_errors", "payment"), (ranked[0].Cause, ranked[0].Component));
        Assert.True(ranked[0].Confidence > 0.5);
    }

    [Fact]
    public void Rank_MostOfTheSystemStartedTogether_IsNoDeployment()
    {
        EvidenceItem[] starts = [.. new[] { "frontend", "orders", "payment", "database" }.Select(s => Boards.Change(s, "restart", -60, $"{s} restarted"))];

        Assert.Equal("internal_errors", Rank(Boards.PaymentFails(starts))[0].Cause);
    }

    [Fact]
    public void Rank_Confidence_MovesWithTheEvidence()
    {
        var full = Boards.PaymentFails();
        var strong = Rank(full)[0].Confidence;
        var gaps = Rank([.. full.Where(e => e.Topic is not (Topics.Change or Topics.Up or Topics.Latency))])[0];
        var mild = Rank([.. full.Select(e => e.Topic == Topics.Errors ? e with { Facts = [.. Boards.Series("payment", 0.001, 0.03, "ratio", -27)] } : e)]);
        var rival = Rank([.. full, Boards.Answer(Topics.Memory, Boards.Series("payment", 100e6, 260e6, "bytes", -120, slope: 4e9, trend: 0.99))])[0];

        Assert.True(gaps.Confidence < strong);
        Assert.True(mild.First(h => h.Component == "payment").Confidence < strong);
        Assert.True(rival.Confidence < strong);
        Assert.Contains(rival.Against, p => p.EvidenceId == "inv-1:process.memory");
    }

    [Fact]
    public void Rank_SumOfConfidences_NeverExceedsOne()
    {
        var ranked = Rank([.. Boards.PaymentFails(Boards.Change("payment", "deployment", -40, "payment changed")), Boards.Answer(Topics.Memory, Boards.Series("orders", 1e8, 4e8, "bytes", -120, slope: 4e9, trend: 0.99))]);

        Assert.True(ranked.Sum(h => h.Confidence) <= 1.0001);
        Assert.Equal(ranked.OrderByDescending(h => h.Confidence).Select(h => h.Confidence), ranked.Select(h => h.Confidence));
    }

    [Fact]
    public void Rank_StoreKnownOnlyFromItsCallers_IsADependencyFailure()
    {
        var ranked = Rank(
        [
            Boards.Answer(Topics.Errors, [.. Boards.Series("frontend", 0, 0.3, "ratio", -20)]),
            Boards.Answer(Topics.ClientErrors, [.. Boards.Series("frontend", 0, 0.3, "ratio", -20, "stripe.com:443")]),
        ]);

        Assert.Equal(("dependency_failure", "stripe"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_QueriesThatServiceCounts_AreCallsToAStore()
    {
        var ranked = Rank(
        [
            Boards.Answer(Topics.Latency, [.. Boards.Series("frontend", 0.02, 0.9, "seconds", -20)]),
            Boards.Answer(Topics.DatabaseLatency, [.. Boards.Series("frontend", 0.002, 0.8, "seconds", -20)]),
        ]);

        Assert.Equal(("dependency_failure", "database"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_TargetDown_BlamesItAndExplainsItsCallers()
    {
        var ranked = Rank(
        [
            Boards.Answer(Topics.Up, [.. Boards.Series("payment", 1, 0, "up", -30), .. Boards.Series("frontend", 1, 1, "up")]),
            Boards.Answer(Topics.Errors, [.. Boards.Series("frontend", 0, 0.5, "ratio", -25)]),
            Boards.Answer(Topics.ClientErrors, [.. Boards.Series("frontend", 0, 1, "ratio", -26, "payment")]),
        ]);

        Assert.Equal(("target_down", "payment"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_OneOfSeveralTargetsDown_IsNotTheServiceDown()
    {
        IEnumerable<Fact> Target(string instance, double up) => Boards.Series("payment", 1, up, "up").Select(f => f with { Labels = new Dictionary<string, string>(f.Labels!) { ["instance"] = instance } });
        var ranked = Rank([Boards.Answer(Topics.Up, [.. Target("a:1", 0), .. Target("b:1", 1)])]);

        Assert.DoesNotContain(ranked, h => h.Cause == "target_down");
    }

    [Theory]
    [InlineData(Topics.Pool, "resource_saturation")]
    [InlineData(Topics.Descriptors, "resource_saturation")]
    [InlineData(Topics.Throttling, "resource_saturation")]
    public void Rank_SomethingRunsOut_IsSaturation(string topic, string cause)
    {
        var ranked = Rank([Boards.Answer(topic, Boards.Series("frontend", 0.3, 0.99, "ratio", -30))]);

        Assert.Equal((cause, "frontend"), (ranked[0].Cause, ranked[0].Component));
    }

    /// <summary>On a busy machine the store takes some milliseconds longer at the moment when payment begins to fail; only a wait that ends in time limits explains failures.</summary>
    [Theory]
    [InlineData(0.06, "internal_errors", "payment")]
    [InlineData(1.8, "dependency_failure", "database")]
    public void Rank_FailuresBesideASlowerStore_BlamesTheStoreOnlyWhereTheWaitIsLong(double slow, string cause, string component)
    {
        var ranked = Rank(
        [
            Boards.Answer(Topics.Errors, [.. Boards.Series("frontend", 0, 0.4, "ratio", -25), .. Boards.Series("payment", 0.001, 0.4, "ratio", -27), .. Boards.Series("database", 0, 0, "ratio")]),
            Boards.Answer(Topics.Latency, [.. Boards.Series("frontend", 0.05, 0.1 + slow, "seconds", -25), .. Boards.Series("payment", 0.02, 0.02 + slow, "seconds", -25), .. Boards.Series("database", 0.01, slow, "seconds", -26)]),
            Boards.Answer(Topics.ClientErrors, [.. Boards.Series("frontend", 0, 0.4, "ratio", -26, "payment"), .. Boards.Series("payment", 0, 0, "ratio", null, "database")]),
            Boards.Answer(Topics.ClientLatency, [.. Boards.Series("frontend", 0.02, 0.02 + slow, "seconds", -25, "payment"), .. Boards.Series("payment", 0.01, slow, "seconds", -26, "database")]),
            Boards.Answer(Topics.Change, tool: "find_changes", status: ToolStatus.NoData),
        ]);

        Assert.Equal((cause, component), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_HostWasBusyBefore_SaysLittle()
    {
        Evidence Host(double before) => Boards.Answer(Topics.HostCpu, Boards.Series("", before, 0.97, "ratio").Select(f => f with { Labels = new Dictionary<string, string> { ["instance"] = "h:9100" } }));
        var risen = Rank([Host(0.2)])[0].Confidence;
        var always = Rank([Host(0.95)])[0].Confidence;

        Assert.True(always < risen / 2, $"{always} and {risen}");
    }

    [Fact]
    public void Rank_SameEveryDayAndBarelyOver_IsNoise()
    {
        var subject = Boards.Subject(expression: "errors_ratio{service=\"frontend\"} > 0.05");
        var ranked = HypothesisRanking.Rank(SignalBoard.Read(subject,
        [
            Boards.Answer(Topics.AlertExpression, Boards.Series("frontend", 0.04, 0.052, "ratio")),
            Boards.Answer(Topics.AlertYesterday, Boards.Series("frontend", 0.04, 0.051, "ratio")),
            Boards.Answer(Topics.AlertLastWeek, Boards.Series("frontend", 0.04, 0.05, "ratio")),
            Boards.Answer(Topics.Errors, Boards.Series("frontend", 0.045, 0.05, "ratio")),
            Boards.Answer(Topics.History, [new Fact { Name = "earlier_day", Value = 9 }], tool: "get_alert_history"),
        ]));

        Assert.Equal("known_pattern_or_noise", ranked[0].Cause);
        Assert.True(ranked[0].Confidence > 0.5);
    }

    /// <summary>The alert fired, so a curve that never reached the threshold was looked at too early or too coarsely.</summary>
    [Fact]
    public void Rank_CurveNeverCrossedItsThreshold_DoesNotSpeakForNoise()
    {
        var subject = Boards.Subject(expression: "errors_ratio{service=\"frontend\"} > 0.05");
        double? Noise(double highest) => HypothesisRanking.Rank(SignalBoard.Read(subject,
        [
            Boards.Answer(Topics.AlertExpression, Boards.Series("frontend", 0, highest, "ratio")),
            Boards.Answer(Topics.Errors, Boards.Series("frontend", 0, 0, "ratio")),
        ])).FirstOrDefault(h => h.Cause == "known_pattern_or_noise")?.Confidence;

        Assert.True(Noise(0.02) < Noise(0.052), $"{Noise(0.02)} and {Noise(0.052)}");
    }

    [Fact]
    public void Rank_CurveLookedAtAgain_TheLastLookCounts()
    {
        var subject = Boards.Subject(expression: "errors_ratio{service=\"frontend\"} > 0.05");
        double? Noise(double first, double second) => HypothesisRanking.Rank(SignalBoard.Read(subject,
        [
            Boards.Answer(Topics.AlertExpression, Boards.Series("frontend", 0, first, "ratio")),
            Boards.Answer(Topics.Errors, Boards.Series("frontend", 0, 0, "ratio")),
            Boards.Answer(Topics.AlertExpression, Boards.Series("frontend", 0, second, "ratio"), number: "-2"),
        ])).FirstOrDefault(h => h.Cause == "known_pattern_or_noise")?.Confidence;

        Assert.True(Noise(0.052, 0.4) < Noise(0.4, 0.052), $"{Noise(0.052, 0.4)} and {Noise(0.4, 0.052)}");
    }

    [Fact]
    public void Rank_NoPastToCompareWith_TheDeepestSlowOneIsNamed()
    {
        var ranked = Rank(
        [
            NoPast(Topics.Latency, [.. Boards.Series("frontend", 0, 2.3, "seconds"), .. Boards.Series("payment", 0, 2.2, "seconds")]),
            NoPast(Topics.ClientLatency, Boards.Series("frontend", 0, 2.2, "seconds", null, "payment")),
            NoPast(Topics.Errors, Boards.Series("frontend", 0, 0, "ratio")),
        ]);

        Assert.Equal(("internal_latency", "payment"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_NoPastAndMemoryClimbsSteeply_IsALeak()
    {
        var ranked = Rank([NoPast(Topics.Memory, Boards.Series("frontend", 0, 190e6, "bytes", slope: 18e9, trend: 0.99))]);

        Assert.Equal(("memory_leak", "frontend"), (ranked[0].Cause, ranked[0].Component));
    }

    [Fact]
    public void Rank_NoPastAndNothingWrong_IsNotCalledUsual()
    {
        var ranked = Rank([NoPast(Topics.Latency, Boards.Series("frontend", 0, 0.4, "seconds")), NoPast(Topics.Errors, Boards.Series("frontend", 0, 0, "ratio"))]);

        Assert.DoesNotContain(ranked, h => h.Cause == "known_pattern_or_noise");
    }

    [Fact]
    public void Rank_NothingKnown_GivesNothing() => Assert.Empty(Rank([]));

    [Fact]
    public void Rank_CallsInACircle_Ends()
    {
        var ranked = Rank(
        [
            Boards.Answer(Topics.Errors, [.. Boards.Series("frontend", 0, 0.3, "ratio"), .. Boards.Series("orders", 0, 0.3, "ratio")]),
            Boards.Answer(Topics.ClientErrors, [.. Boards.Series("frontend", 0, 0.3, "ratio", null, "orders"), .. Boards.Series("orders", 0, 0.3, "ratio", null, "frontend")]),
        ]);

        Assert.NotEmpty(ranked);
    }

    [Fact]
    public void Rank_FreshProcessFillsItsMemory_IsLessThanALeak()
    {
        var memory = Boards.Answer(Topics.Memory, Boards.Series("frontend", 60e6, 150e6, "bytes", -30, slope: 2e9, trend: 0.95));
        var leak = Rank([memory])[0].Confidence;
        var fresh = Rank([memory, Boards.Answer(Topics.Change, items: [Boards.Change("frontend", "creation", -35, "frontend started")], tool: "find_changes")]).FirstOrDefault(h => h.Cause == "memory_leak")?.Confidence ?? 0;

        Assert.True(fresh < leak);
    }

    private static Evidence NoPast(string topic, IEnumerable<Fact> facts) => Boards.Answer(topic, facts.Where(f => f.Name != "before"));

    private static IReadOnlyList<Hypothesis> Rank(IReadOnlyList<Evidence> evidence) => HypothesisRanking.Rank(SignalBoard.Read(Boards.Subject(), evidence));
}
