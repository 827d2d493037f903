using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Guard;

namespace Nightwatch.Domain.Tests.Queries;

public sealed class ParsedQueryGuardTests
{
    private static readonly Caller Person = Caller.ForSystem("default", [Permission.ReadMetrics]) with { Kind = CallerKind.Person };
    private static readonly Caller Nightwatch = Caller.ForSystem("default", [Permission.ReadMetrics]);
    private static readonly QueryRange Day = new(TimeSpan.FromDays(1), TimeSpan.FromMinutes(5));

    [Theory]
    [InlineData(QueryLanguage.PromQl, "sum  by (job) (rate(http_requests_total{job=\"api\"}[5m]))")]
    [InlineData(QueryLanguage.LogQl, "{app=\"x\"}  |= `error` | json")]
    public void Check_OrdinaryQuery_GoesOutAsItWasWritten(QueryLanguage language, string query) => Assert.Equal(new QueryVerdict(query), Check(language, query));

    [Theory]
    [InlineData(QueryLanguage.PromQl, "sum(rate(http_requests_total)", "1:30")]
    [InlineData(QueryLanguage.PromQl, "{__name__=~\".+\"}", "neither a metric nor a label's value")]
    [InlineData(QueryLanguage.PromQl, "rate(up[400d])", "window")]
    [InlineData(QueryLanguage.PromQl, "absent(up)", "absent is not allowed")]
    [InlineData(QueryLanguage.PromQl, "up offset 3y", "reaches further than 2y")]
    [InlineData(QueryLanguage.PromQl, "up @ 0", "reaches further than 2y")]
    [InlineData(QueryLanguage.LogQl, "rate({app=\"x\"}[5m] offset 800d)", "reaches further than 2y")]
    [InlineData(QueryLanguage.LogQl, "{app=\"x\" |= \"error\"", "1:")]
    [InlineData(QueryLanguage.LogQl, "{app=~\".*\"}", "matcher")]
    public void Check_WhatMustNotBeSent_IsRefusedWithItsReason(QueryLanguage language, string query, string reason) =>
        Assert.Contains(reason, Check(language, query).Refusal, StringComparison.Ordinal);

    [Fact]
    public void Check_RangeOrPointsPastThePolicy_AreRefused()
    {
        Assert.Contains("range", Check(QueryLanguage.PromQl, "up", Day with { Length = TimeSpan.FromDays(8) }).Refusal, StringComparison.Ordinal);
        Assert.Contains("points", Check(QueryLanguage.PromQl, "up", Day with { Step = TimeSpan.FromSeconds(1) }).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ForcedLabels_AreInEverySelectorThatGoesOut()
    {
        var policy = new QueryPolicy { ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["namespace"] = ["shop"] } };

        Assert.Equal("up{job=\"a\",namespace=\"shop\"} / up{namespace=\"shop\"}", Check(QueryLanguage.PromQl, "up{job='a'}/up", policy: policy).Query);
        Assert.Equal("{app=\"x\", namespace=\"shop\"}", Check(QueryLanguage.LogQl, "{app=\"x\"}", policy: policy).Query);
        Assert.NotNull(Check(QueryLanguage.PromQl, "up{namespace=\"other\"}", policy: policy).Refusal);
        Assert.NotNull(Check(QueryLanguage.PromQl, "up[", policy: policy, caller: Nightwatch).Refusal);
    }

    [Fact]
    public void Check_LabelsForcedForOneTenant_HoldForItsCallersOnly()
    {
        var policies = new QueryPolicies(new QueryPolicy(), new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>
        {
            ["acme"] = new Dictionary<string, IReadOnlyList<string>> { ["namespace"] = ["shop"] },
        });
        var guard = new ParsedQueryGuard(policies, TimeProvider.System);

        Assert.Equal("up{namespace=\"shop\"}", guard.Check(QueryLanguage.PromQl, "up", Day, new Anywhere(), Person with { Tenant = "acme" }).Query);
        Assert.Equal("up{namespace=\"shop\"}", guard.Check(QueryLanguage.PromQl, "up", Day, new Anywhere(), Nightwatch with { Tenant = "Acme" }).Query);
        Assert.Equal("up", guard.Check(QueryLanguage.PromQl, "up", Day, new Anywhere(), Person).Query);
    }

    /// <summary>A rule's expression in a language that goes further than PromQL is the source's to judge, when an investigation asks for it.</summary>
    [Fact]
    public void Check_WhatCannotBeRead_IsLetThroughForNightwatchItselfOnly()
    {
        const string MetricsQl = "rate(up) keep_metric_names";

        Assert.Null(Check(QueryLanguage.PromQl, MetricsQl, caller: Nightwatch).Refusal);
        Assert.NotNull(Check(QueryLanguage.PromQl, MetricsQl).Refusal);
    }

    private static QueryVerdict Check(QueryLanguage language, string query, QueryRange? range = null, QueryPolicy? policy = null, Caller? caller = null) =>
        new ParsedQueryGuard(new QueryPolicies(policy ?? new QueryPolicy { DeniedFunctions = new HashSet<string> { "absent" } }), TimeProvider.System).Check(language, query, range ?? Day, new Anywhere(), caller ?? Person);

    private sealed class Anywhere : IDatasource
    {
        public string Name => "prometheus";
    }
}
