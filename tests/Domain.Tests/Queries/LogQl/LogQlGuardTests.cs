using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

public sealed class LogQlGuardTests
{
    private static readonly QueryPolicy Tenant = new()
    {
        ForcedLabels = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = ["acme"], ["namespace"] = ["shop", "pay.ments"] },
        LargeLabels = new HashSet<string> { "trace_id" },
    };

    [Fact]
    public void Check_EverySelector_GetsTheForcedMatchers()
    {
        var guarded = Check("sum(rate({app=\"a\"}[5m])) / on () (count_over_time({app=\"b\", namespace=\"shop\"} |= \"x\" [1h]) or vector(1)) + label_replace(rate({app=~\"abc.*\"}[1m]), \"a\", \"b\", \"c\", \"d\")", Tenant);
        const string Forced = "namespace=~\"shop|pay\\\\.ments\", tenant=\"acme\"";
        Assert.Empty(guarded.Findings);
        Assert.Equal(
            $"sum(rate({{app=\"a\", {Forced}}} [5m])) / on () (count_over_time({{app=\"b\", namespace=\"shop\", tenant=\"acme\"}} |= \"x\" [1h]) or vector(1))"
            + $" + label_replace(rate({{app=~\"abc.*\", {Forced}}} [1m]), \"a\", \"b\", \"c\", \"d\")",
            guarded.Query);
        Assert.Equal(guarded.Expression, LogQlParser.Parse(guarded.Query));
        Assert.Equal(guarded.Query, LogQlGuard.Check(guarded.Expression, Tenant).Query);
    }

    [Fact]
    public void Check_GeneratedQueries_NoSelectorEscapesTheTenant()
    {
        var generator = new LogQlGenerator(new Random(17));
        for (var i = 0; i < 2000; i++)
        {
            var guarded = Check(generator.Query(), Tenant);
            var seen = new Selectors();
            seen.Visit(LogQlParser.Parse(guarded.Query));
            Assert.All(seen.All, s => Assert.Contains(s.Matchers, m => m == LogQlFactory.Equal("tenant", "acme")));
            Assert.All(seen.All, s => Assert.Contains(s.Matchers, m => m == LogQlFactory.AnyOf("namespace", ["shop", "pay.ments"])));
        }
    }

    [Theory]
    [InlineData("{app=\"a\", tenant=\"other\"}", GuardCodes.ForcedLabel, "tenant=\"other\"")]
    [InlineData("{app=\"a\", tenant=~\"other\"}", GuardCodes.ForcedLabel, "tenant=~\"other\"")]
    [InlineData("{app=\"a\", tenant!=\"acme\"}", GuardCodes.ForcedLabel, "tenant!=\"acme\"")]
    [InlineData("{app=\"a\"} | label_format tenant=\"x\"", GuardCodes.ForcedLabel, "tenant=\"x\"")]
    [InlineData("label_replace(rate({app=\"a\"}[5m]), \"tenant\", \"x\", \"a\", \"b\")", GuardCodes.ForcedLabel, "label_replace(rate({app=\"a\"}[5m]), \"tenant\", \"x\", \"a\", \"b\")")]
    [InlineData("{tenant=\"acme\"}", GuardCodes.Unbounded, "{tenant=\"acme\"}")]
    [InlineData("{app=~\".+\"}", GuardCodes.Unbounded, "{app=~\".+\"}")]
    [InlineData("{app!=\"\"} |= \"x\"", GuardCodes.Unbounded, "{app!=\"\"}")]
    [InlineData("rate({app=\"a\"}[60d])", GuardCodes.WindowTooLong, "{app=\"a\"}[60d]")]
    [InlineData("rate({app=\"a\"}[0])", GuardCodes.WindowTooLong, "{app=\"a\"}[0]")]
    [InlineData("{app=\"a\"} |~ \"(a{900}|b{900}|c{900})\"", GuardCodes.RegexCost, "\"(a{900}|b{900}|c{900})\"")]
    [InlineData("{app=\"a\"} | json | b=~\"(a{900}|b{900}|c{900})\"", GuardCodes.RegexCost, "b=~\"(a{900}|b{900}|c{900})\"")]
    [InlineData("{app=\"a\"} | drop b=~\"(a{900}|b{900}|c{900})\"", GuardCodes.RegexCost, "b=~\"(a{900}|b{900}|c{900})\"")]
    [InlineData("{app=\"a\"} | regexp \"(?P<b>(a{900}|b{900}|c{900}))\"", GuardCodes.RegexCost, "| regexp \"(?P<b>(a{900}|b{900}|c{900}))\"")]
    [InlineData("{app=\"a\"} |~ \"a(\"", LogQlGuard.InvalidStage, "\"a(\"")]
    [InlineData("{app=\"a\"} | line_format \"{{.b\"", LogQlGuard.InvalidStage, "| line_format \"{{.b\"")]
    [InlineData("sum by (trace_id) (rate({app=\"a\"}[5m]))", GuardCodes.LargeLabel, "by (trace_id)")]
    public void Check_AgainstThePolicy_IsFoundWithItsPlace(string query, string code, string part)
    {
        var guarded = Check(query, Tenant);
        Assert.False(guarded.IsAllowed);
        var finding = Assert.Single(guarded.Findings);
        Assert.Equal((code, part), (finding.Code, query.Substring(finding.Span.Start, finding.Span.Length)));
    }

    [Fact]
    public void Check_FunctionsAndStages_AreThoseOfThePolicy()
    {
        Assert.Single(Check("{app=\"a\"} | line_format \"x\"", new QueryPolicy { DeniedFunctions = new HashSet<string> { "line_format" } }).Findings);
        Assert.Single(Check("sum(rate({app=\"a\"} | json [5m]))", new QueryPolicy { AllowedFunctions = new HashSet<string> { "rate" } }).Findings);
        Assert.Single(Check("rate({app=\"a\"} | json | logfmt [5m])", new QueryPolicy { AllowedFunctions = new HashSet<string> { "rate", "json" } }).Findings);
        Assert.Empty(Check("topk(3, sum by (trace_id) (rate({app=\"a\"}[5m])))", Tenant).Findings);
        Assert.Equal(GuardCodes.RangeTooLong, Assert.Single(LogQlGuard.Check(LogQlParser.Parse("{app=\"a\"}"), Tenant, new QueryRange(TimeSpan.FromDays(30), TimeSpan.FromHours(1))).Findings).Code);
        Assert.Equal(GuardCodes.TooDeep, Assert.Single(Check(string.Concat(Enumerable.Repeat("sum(", 60)) + "vector(1)" + new string(')', 60), Tenant).Findings).Code);
        Assert.Equal(GuardCodes.QueryTooLong, Assert.Single(Check($"{{app=\"{new string('a', 20_000)}\"}}", Tenant).Findings).Code);
    }

    private static GuardedLogQuery Check(string query, QueryPolicy policy) => LogQlGuard.Check(LogQlParser.Parse(query), policy);

    private sealed class Selectors : LogQlVisitor
    {
        internal List<StreamSelector> All { get; } = [];

        protected override void VisitSelector(StreamSelector selector) => All.Add(selector);
    }
}
