using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Tests.Queries.PromQl;

namespace Nightwatch.Domain.Tests.Queries.Guard;

public sealed class PromQlGuardTests
{
    private static readonly QueryPolicy Open = new();

    private static readonly QueryPolicy Tenant = new() { ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = ["a"], ["ns"] = ["x.y", "z"] } };

    [Theory]
    [InlineData("up", "up{ns=~\"x\\\\.y|z\",tenant=\"a\"}")]
    [InlineData("up{tenant=\"a\"}", "up{tenant=\"a\",ns=~\"x\\\\.y|z\"}")]
    [InlineData("up{ns=\"z\"}", "up{ns=\"z\",tenant=\"a\"}")]
    [InlineData("rate(up[5m] offset 1h)", "rate(up{ns=~\"x\\\\.y|z\",tenant=\"a\"}[5m] offset 1h)")]
    [InlineData("{__name__=\"up\",tenant=~\"a|b\"}", "{__name__=\"up\",tenant=~\"a|b\",ns=~\"x\\\\.y|z\",tenant=\"a\"}")]
    [InlineData("up{tenant!=\"b\"}", "up{tenant!=\"b\",ns=~\"x\\\\.y|z\",tenant=\"a\"}")]
    [InlineData("time() - 1", "time() - 1")]
    public void Check_ForcedLabels_AreInEverySelector(string query, string expected) => Assert.Equal(expected, Allowed(query, Tenant).Query);

    [Fact]
    public void Check_ForcedLabels_ReachEverySelectorOfGeneratedQueries()
    {
        var checkedOnes = 0;
        for (var i = 0; i < 3000; i++)
        {
            var query = new PromQlGenerator(new Random(20261121 + i), PromQlDialect.V3).Next();
            if (!PromQlQuery.TryParse(query, PromQlDialect.V3, out var tree, out _) || PromQlGuard.Check(tree, Tenant) is not { IsAllowed: true } guarded)
            {
                continue;
            }

            // What is sent is what the server will read.
            var selectors = new Selectors();
            selectors.Visit(PromQlQuery.Parse(guarded.Query));
            checkedOnes += selectors.Found.Count;
            Assert.All(selectors.Found, s => Assert.Contains(new MatcherSyntax("tenant", MatchOperator.Equal, "a"), s.Matchers));
            Assert.All(selectors.Found, s => Assert.Contains(s.Matchers, m => m.Label == "ns" && m.Value is "x\\.y|z" or "x.y" or "z"));
        }

        Assert.InRange(checkedOnes, 200, int.MaxValue);
    }

    [Theory]
    [InlineData("up{tenant=\"b\"}")]
    [InlineData("up{tenant=\"\"}")]
    [InlineData("up{\"tenant\"=\"b\"}")]
    [InlineData("up{'\\x74enant'=\"b\"}")]
    [InlineData("up{tenant=~\"b\"}")]
    [InlineData("up{tenant!=\"a\"}")]
    [InlineData("up{tenant!~\"a\"}")]
    [InlineData("up{ns=\"other\"}")]
    [InlineData("up or up{tenant=\"b\"}")]
    [InlineData("sum(rate(up{tenant=\"b\"}[5m]))")]
    [InlineData("max_over_time(up{tenant=\"b\"}[5m:1m])")]
    [InlineData("topk(scalar(up{tenant=\"b\"}), up)")]
    [InlineData("label_replace(up, \"tenant\", \"b\", \"\", \"\")")]
    [InlineData("label_replace(up, (\"ns\"), \"b\", \"\", \"\")")]
    [InlineData("label_join(up, 'ten\\u0061nt', \"\", \"job\")")]
    [InlineData("count_values(\"tenant\", up)")]
    [InlineData("count_values((\"tenant\"), up)")]
    public void Check_WayAroundAForcedLabel_IsRefused(string query) => Assert.Equal(GuardCodes.ForcedLabel, Refused(query, Tenant).Code);

    [Theory]
    [InlineData("info(up)")]
    [InlineData("info(up, {tenant=\"a\"})")]
    public void Check_FunctionThatReadsOtherSeries_IsRefused(string query) => Assert.Equal(GuardCodes.Function, Refused(query, Tenant).Code);

    [Fact]
    public void Check_HostileForcedValue_StaysOneValue()
    {
        var policy = new QueryPolicy { ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["t\"e"] = ["a\"} or up{x=\"", "b|.*", "\uD800"] } };
        var read = Assert.IsType<VectorSelector>(PromQlQuery.Parse(Allowed("up", policy).Query));
        Assert.Equal("a\"\\} or up\\{x=\"|b\\|\\.\\*|\uFFFD", Assert.Single(read.Matchers).Value);
    }

    [Fact]
    public void Check_NoValueAllowed_IsRefused() => Assert.Equal(
        GuardCodes.ForcedLabel, Refused("up", new QueryPolicy { ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = [] } }).Code);

    [Theory]
    [InlineData("{__name__=~\".+\"}")]
    [InlineData("{__name__=~\"..*\"}")]
    [InlineData("{__name__=~\"[a-z_:].*\"}")]
    [InlineData("{__name__=~\"\\\\w+\"}")]
    [InlineData("{__name__=~\"(a|.+)\"}")]
    [InlineData("{__name__=~\"node_.+|.+\"}")]
    [InlineData("{__name__!=\"\"}")]
    [InlineData("{__name__!~\"a\", job=~\".+\"}")]
    [InlineData("{job=~\"(?s:.)+\"}")]
    [InlineData("{job!=\"\",tenant=\"a\"}")]
    [InlineData("sum(count_over_time({__name__=~\".+\"}[5m]))")]
    public void Check_UnboundedSelector_IsRefused(string query) => Assert.Equal(GuardCodes.Unbounded, Refused(query, Tenant).Code);

    [Theory]
    [InlineData("{job=\"api\"}")]
    [InlineData("{__name__=~\"node_.*\"}")]
    [InlineData("{__name__=~\"a|b\"}")]
    [InlineData("up{job=~\".+\"}")]
    public void Check_BoundedSelector_IsAllowed(string query) => Allowed(query, Open);

    [Theory]
    [InlineData("big", GuardCodes.LargeMetric)]
    [InlineData("{__name__=\"big\"}", GuardCodes.LargeMetric)]
    [InlineData("{__name__=~\"big\"}", GuardCodes.LargeMetric)]
    [InlineData("big{job!=\"\"}", GuardCodes.LargeMetric)]
    [InlineData("big{job=~\".+\"}", GuardCodes.LargeMetric)]
    [InlineData("sum by (pod) (small)", GuardCodes.LargeLabel)]
    [InlineData("small{pod=~\"a.*\"}", GuardCodes.LargeLabel)]
    public void Check_LargeMetricOrLabel_IsRefused(string query, string code) => Assert.Equal(code, Refused(query, Large).Code);

    [Theory]
    [InlineData("big{job=\"api\"}")]
    [InlineData("big{job=~\"a|b\"}")]
    [InlineData("small")]
    [InlineData("topk(5, sum by (pod) (small))")]
    [InlineData("small{pod=\"a\"}")]
    public void Check_NarrowedLargeMetricOrLabel_IsAllowed(string query) => Allowed(query, Large);

    [Theory]
    [InlineData("rate(up[32d])", GuardCodes.WindowTooLong)]
    [InlineData("max_over_time(rate(up[20d])[20d:1h])", GuardCodes.WindowTooLong)]
    [InlineData("rate(up[range() * 200])", GuardCodes.WindowTooLong)]
    [InlineData("max_over_time(up[30d:1ms])", GuardCodes.TooManyEvaluations)]
    [InlineData("max_over_time(max_over_time(up[1d:1s])[1d:1s])", GuardCodes.TooManyEvaluations)]
    [InlineData("up{job=~\"(a{500}){2}(b{500}){2}c\"}", GuardCodes.RegexCost)]
    [InlineData("label_replace(up, \"a\", \"b\", \"c\", \"(a{500}){2}(b{500}){2}c\")", GuardCodes.RegexCost)]
    [InlineData("label_replace(up, \"a\", \"b\", \"c\", \"(?=a)\")", GuardCodes.RegexCost)]
    [InlineData("deriv(up[5m])", GuardCodes.Function)]
    [InlineData("stddev(up)", GuardCodes.Function)]
    public void Check_BeyondALimit_IsRefused(string query, string code) => Assert.Equal(
        code, Refused(query, new QueryPolicy { DeniedFunctions = new HashSet<string> { "deriv", "stddev" } }, new QueryRange(TimeSpan.FromHours(6), TimeSpan.FromMinutes(1))).Code);

    /// <summary>Two years, from noon of 21 November 2026.</summary>
    [Theory]
    [InlineData("up offset 1y", true)]
    [InlineData("up offset 3y", false)]
    [InlineData("up offset -3y", false)]
    [InlineData("rate(up[5m] offset 3y)", false)]
    [InlineData("max_over_time(up[1h:1m] offset 3y)", false)]
    [InlineData("max_over_time((up offset 1y)[30d:1h] offset 1y)", false)]
    [InlineData("max_over_time((up offset 1y)[30d:1h] offset 300d)", true)]
    [InlineData("up offset (range() * 10000)", false)]
    [InlineData("up @ 1795262400", true)]
    [InlineData("up @ 0", false)]
    [InlineData("up @ 9999999999", false)]
    [InlineData("up @ -1e9", false)]
    [InlineData("up @ end() offset 1d", true)]
    [InlineData("max_over_time(up[1h:1m] @ 0)", false)]
    public void Check_OffsetsAndFixedTimes_ReachAtMostSoFar(string query, bool allowed)
    {
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var guarded = PromQlGuard.Check(PromQlQuery.Parse(query), Open, new QueryRange(TimeSpan.FromHours(6), TimeSpan.FromMinutes(1)), now);

        Assert.Equal(allowed ? [] : [GuardCodes.ReachTooFar], guarded.Findings.Select(f => f.Code));
    }

    [Fact]
    public void Check_AllowList_RefusesTheRest()
    {
        var policy = new QueryPolicy { AllowedFunctions = new HashSet<string> { "rate", "sum" } };
        Allowed("sum(rate(up[5m]))", policy);
        var finding = Refused("sum(irate(up[5m]))", policy);
        Assert.Equal((GuardCodes.Function, new SourceSpan(4, 13)), (finding.Code, finding.Span));
    }

    [Theory]
    [InlineData(169, 60, GuardCodes.RangeTooLong)]
    [InlineData(-1, 60, GuardCodes.RangeTooLong)]
    [InlineData(24, 1, GuardCodes.TooManyPoints)]
    [InlineData(24, 0, GuardCodes.TooManyPoints)]
    [InlineData(24, 60, null)]
    public void Check_Range_IsHeldToThePolicy(int hours, int stepSeconds, string? code) => Assert.Equal(
        code, PromQlGuard.Check(PromQlQuery.Parse("up"), Open, new QueryRange(TimeSpan.FromHours(hours), TimeSpan.FromSeconds(stepSeconds))).Findings.Select(f => f.Code).FirstOrDefault());

    [Fact]
    public void Check_DeepOrLong_IsRefused()
    {
        Assert.Equal(GuardCodes.TooDeep, Refused(new string('(', 60) + "up" + new string(')', 60), Open).Code);
        Assert.Equal(GuardCodes.QueryTooLong, Refused($"up{{job=\"{new string('x', 17_000)}\"}}", Open).Code);

        // A tree that was built has no limit of its own.
        PromQlExpr deep = PromQlBuild.Selector("up");
        for (var i = 0; i < 100_000; i++)
        {
            deep = new ParenExpr(deep);
        }

        Assert.Equal(GuardCodes.TooDeep, Assert.Single(PromQlGuard.Check(deep, Tenant).Findings).Code);
    }

    private static QueryPolicy Large { get; } = new() { LargeMetrics = new HashSet<string> { "big" }, LargeLabels = new HashSet<string> { "pod" } };

    private static GuardedQuery Allowed(string query, QueryPolicy policy)
    {
        var guarded = PromQlGuard.Check(PromQlQuery.Parse(query), policy);
        Assert.Empty(guarded.Findings);
        Assert.Equal(guarded.Expression, PromQlQuery.Parse(guarded.Query));
        return guarded;
    }

    private static GuardFinding Refused(string query, QueryPolicy policy, QueryRange? range = null)
    {
        var guarded = PromQlGuard.Check(PromQlQuery.Parse(query), policy, range);
        Assert.False(guarded.IsAllowed, guarded.Query);
        Assert.All(guarded.Findings, f => Assert.NotEmpty(f.Message));
        return guarded.Findings[0];
    }

    private sealed class Selectors : PromQlVisitor
    {
        internal List<VectorSelector> Found { get; } = [];

        protected override void VisitSelector(VectorSelector selector) => Found.Add(selector);
    }
}
