using System.Globalization;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Applications.Proposing;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Applications.Proposing;

public sealed class ProposeApplicationTests
{
    private static readonly MadeSeries Shop = new(
        "http_requests_total{namespace=\"shop\",service=\"orders\",code=\"200\",env=\"prod\"}",
        "http_requests_total{namespace=\"shop\",service=\"payment\",code=\"500\",env=\"prod\"}",
        "http_requests_total{namespace=\"shop\",service=\"payment\",code=\"200\",env=\"staging\"}",
        "http_requests_total{namespace=\"other\",service=\"elsewhere\",code=\"200\",env=\"qa\"}",
        "http_request_duration_seconds_bucket{namespace=\"shop\",service=\"orders\",le=\"1\"}",
        "http_request_duration_seconds_bucket{namespace=\"shop\",service=\"payment\",le=\"1\"}",
        "http_client_requests_total{namespace=\"shop\",service=\"orders\",peer_service=\"Payment:8080\",code=\"200\"}",
        "db_queries_total{namespace=\"shop\",service=\"payment\",db=\"postgres\",outcome=\"ok\"}",
        "http_client_requests_total{namespace=\"shop\",service=\"payment\",peer_service=\"https://bank.example/pay\",code=\"200\"}",
        "process_cpu_seconds_total{namespace=\"shop\",service=\"orders\"}",
        "process_resident_memory_bytes{namespace=\"shop\",service=\"orders\"}",
        "kube_pod_container_status_restarts_total{namespace=\"shop\",service=\"orders\",pod=\"a\"}",
        "queued_requests_total{namespace=\"shop\",service=\"orders\"}",
        "up{job=\"node\",service=\"hosts\"}")
    {
        Metadata = [new("queued_requests_total", "gauge", "", ""), new("http_requests", "counter", "", ""), new("http_request_duration_seconds", "histogram", "", "")],
        Measured = new() { ["orders"] = 0.131, ["payment"] = double.NaN, ["elsewhere"] = 9 },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Propose_NamespaceOfSeveralServices_IsAValidProfileOfThem()
    {
        var profile = (await ProposeAsync(Shop, "Shop")).Proposal!.Profile;

        Assert.Empty(ApplicationRules.Check(profile));
        Assert.Equal(("shop", "Shop", "shop"), (profile.Id, profile.Name, profile.Metrics.Labels["namespace"]));
        Assert.Equal(["orders", "payment", "bank.example", "postgres"], profile.Components.Select(c => c.Name).Order(StringComparer.Ordinal).OrderBy(n => n is "orders" or "payment" ? 0 : 1));
        Assert.Equal([ComponentKind.External, ComponentKind.Database], new[] { "bank.example", "postgres" }.Select(n => Component(profile, n).Kind));
        Assert.Equal(["payment"], Component(profile, "orders").DependsOn);
        Assert.Equal(["bank.example", "postgres"], Component(profile, "payment").DependsOn);
        Assert.Equal("orders", Component(profile, "orders").Metrics.Labels["service"]);
        Assert.Equal(["prod", "staging"], profile.Environments.Select(e => e.Labels["env"]));
    }

    [Fact]
    public async Task Propose_KnownMetrics_AreReadByTheirKind()
    {
        var profile = (await ProposeAsync(Shop, "shop")).Proposal!.Profile;

        string Of(string name) => Assert.Single(profile.DefaultMetrics, m => m.Name == name).Query;
        Assert.Equal("sum by (service) (rate(http_requests_total{namespace=\"shop\"}[300s]))", Of("Request rate"));
        Assert.StartsWith("histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket{namespace=\"shop\"}", Of("Latency p95"), StringComparison.Ordinal);
        Assert.Equal("sum by (service) (rate(process_cpu_seconds_total{namespace=\"shop\"}[300s]))", Of("CPU"));
        Assert.Equal("max by (service) (process_resident_memory_bytes{namespace=\"shop\"})", Of("Memory"));
        Assert.Contains("kube_pod_container_status_restarts_total", Of("Restarts"), StringComparison.Ordinal);
        Assert.DoesNotContain(profile.DefaultMetrics, m => m.Query.Contains("rate(queued_requests_total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Propose_Objectives_FollowWhatIsThereAndMeasured()
    {
        var slos = (await ProposeAsync(Shop, "shop")).Proposal!.Profile.Slos;

        Assert.Equal([SloKind.Availability, SloKind.ErrorRate, SloKind.LatencyP95], slos.Select(s => s.Kind));
        Assert.Equal((99.9, "sum(rate(http_requests_total{namespace=\"shop\"}[300s]))"), (slos[0].Objective, slos[0].Total));
        Assert.Contains("code!~\"5..", slos[0].Good, StringComparison.Ordinal);
        Assert.Equal((1d, slos[0].Good), (slos[1].Objective, slos[1].Good));
        Assert.Equal((0.2, "orders"), (slos[2].ThresholdSeconds, slos[2].Component));
        Assert.Contains("service=~\"orders\"", slos[2].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Propose_EveryPart_HasAReason()
    {
        var proposal = (await ProposeAsync(Shop, "shop")).Proposal!;
        var fields = proposal.Because.Select(b => b.Field).ToHashSet();

        Assert.All(
            proposal.Profile.Components.Select((_, i) => $"components[{i}]")
                .Concat(proposal.Profile.DefaultMetrics.Select((_, i) => $"defaultMetrics[{i}]"))
                .Concat(proposal.Profile.Slos.Select((_, i) => $"slos[{i}]"))
                .Concat(proposal.Profile.Environments.Select((_, i) => $"environments[{i}]"))
                .Append("metrics"),
            field => Assert.Contains(field, fields));
    }

    [Theory]
    [InlineData("order-service", "order_service", "order_service")]
    [InlineData("Order Service", "orderservice", "orderservice")]
    [InlineData("shop", "shop-orders", null)]
    public async Task Propose_AnotherSpellingOrAPrefix_IsFound(string name, string value, string? label)
    {
        var profile = (await ProposeAsync(new MadeSeries($"up{{service=\"{value}\",job=\"x\"}}", "up{service=\"zzz\",job=\"y\"}"), name)).Proposal!.Profile;

        Assert.Equal(label ?? value, profile.Metrics.Labels["service"]);
        Assert.Equal([value], profile.Components.Select(c => c.Name));
        Assert.Empty(ApplicationRules.Check(profile));
    }

    [Fact]
    public async Task Propose_SeveralValuesBeginWithTheName_AreItsComponents()
    {
        var source = new MadeSeries("requests_total{service=\"shop-a\",code=\"200\"}", "requests_total{service=\"shop-b\",code=\"200\"}", "requests_total{service=\"shopping\",code=\"200\"}");

        var profile = (await ProposeAsync(source, "shop")).Proposal!.Profile;

        Assert.Empty(profile.Metrics.Labels);
        Assert.Equal(["shop-a", "shop-b"], profile.Components.Select(c => c.Metrics.Labels["service"]));
        Assert.Contains("service=~\"shop-a|shop-b\"", profile.DefaultMetrics[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Propose_NothingOfThatName_NamesTheClosest()
    {
        var outcome = await ProposeAsync(Shop, "ordrs");

        Assert.Equal((ProposalVerdict.NoMatch, "orders"), (outcome.Verdict, outcome.Names[0]));
        Assert.Contains("orders", outcome.Message, StringComparison.Ordinal);
        Assert.InRange(outcome.Names.Count, 1, 5);
    }

    [Fact]
    public async Task Propose_HostileValues_StayValues()
    {
        const string Evil = "shop'} or vector(1) #\\";
        var profile = (await ProposeAsync(new MadeSeries($"requests_total{{service=\"{Evil}\",code=\"200\"}}"), "shop")).Proposal!.Profile;

        Assert.Empty(ApplicationRules.Check(profile));
        Assert.Contains("{service=\"shop'} or vector(1) #\\\\\"}", profile.DefaultMetrics[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Propose_CallerOfOneApplication_MayNotLookAround()
    {
        var limited = Callers.With("default", new Scope { Applications = ["orders"] }, Permission.ReadMetrics, Permission.ManageDatasources);
        var source = new MadeSeries("up{service=\"orders\"}");

        var outcome = await new ProposeApplication(new ConfiguredSources([source]), new ManualTime(Noon)).ProposeAsync(limited, new ProposalWish { Name = "orders" }, Stop);

        Assert.Equal(ProposalVerdict.NoSource, outcome.Verdict);
        Assert.Empty(source.Queries);
    }

    [Fact]
    public async Task Propose_SourceThatFails_IsToldInItsOwnWords()
    {
        var outcome = await ProposeAsync(new MadeSeries("up{service=\"orders\"}") { Failure = new SourceException(SourceFailure.Unavailable, "made", "it is asleep") }, "orders");

        Assert.Equal((ProposalVerdict.SourceFailed, "made: it is asleep"), (outcome.Verdict, outcome.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("--  --")]
    [InlineData("a\u202eb")]
    public async Task Propose_NoName_IsRefused(string name) => Assert.Equal(ProposalVerdict.BadName, (await ProposeAsync(Shop, name)).Verdict);

    [Theory]
    [InlineData(0.131, 0.2)]
    [InlineData(0.9, 2)]
    [InlineData(0.08, 0.1)]
    [InlineData(0.1, 0.2)]
    [InlineData(0.19, 0.25)]
    [InlineData(3.5, 5)]
    public void RoundAbove_Measured_LeavesAQuarter(double measured, double expected) => Assert.Equal(expected, ProposedMeasures.RoundAbove(measured), 9);

    private static DateTimeOffset Noon => DateTimeOffset.Parse("2026-11-21T12:00:00Z", CultureInfo.InvariantCulture);

    private static ApplicationComponent Component(ApplicationProfile profile, string name) => Assert.Single(profile.Components, c => c.Name == name);

    private static Task<ProposalOutcome> ProposeAsync(MadeSeries source, string name) =>
        new ProposeApplication(new ConfiguredSources([source]), new ManualTime(Noon)).ProposeAsync(Callers.Everything(), new ProposalWish { Name = name }, Stop);
}
