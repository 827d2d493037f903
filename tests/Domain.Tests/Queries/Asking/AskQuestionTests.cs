using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Queries.Asking;
using Nightwatch.Domain.Queries.Asking.Modelling;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.Asking;

public sealed class AskQuestionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 18, 14, 30, 0, TimeSpan.Zero);
    private readonly ManualTime time = new(Now);
    private readonly RecordedAudit audit = new();
    private readonly InMemoryDocuments<StoredUnderstanding> understandings = new(StoredUnderstanding.Type);
    private readonly InMemoryDocuments<Incident> incidents = new(Incident.Type);
    private readonly InMemoryDocuments<ApplicationProfile> profiles = new(ApplicationProfile.Type);
    private readonly List<IMetricSource> sources = [new Requests("first"), new Requests("second")];
    private AskQuestion? ask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Requests First => (Requests)sources[0];

    private Requests Second => (Requests)sources[1];

    [Fact]
    public async Task Ask_SeveralSources_TheFirstIsAskedUnlessAnotherIsNamed()
    {
        var first = await AskAsync(new AskedQuestion { Question = "request rate of orders" });
        var second = await AskAsync(new AskedQuestion { Question = "request rate of orders", Datasource = "SECOND" });

        Assert.Equal(("first", "second"), (first.Queries[0].Source, second.Queries[0].Source));
        Assert.Single(Second.Asked);
    }

    [Fact]
    public async Task Ask_FirstSourceIsClosedToTheCaller_TheNextOneIsAsked()
    {
        var caller = Callers.With("default", new Scope { Datasources = ["second"] }, Permission.ReadMetrics);

        var answer = await AskAsync(new AskedQuestion { Question = "request rate of orders" }, caller);
        var refused = await OutcomeAsync(new AskedQuestion { Question = "request rate of orders", Datasource = "first" }, caller);

        Assert.Equal("second", answer.Queries[0].Source);
        Assert.Empty(First.Asked);
        Assert.Equal("datasource", refused.Field);
    }

    [Fact]
    public async Task Ask_ApplicationOfAProfile_UsesItsLabelsAndItsSource()
    {
        await WriteAsync(profiles, "checkout", new ApplicationProfile
        {
            Tenant = "default",
            Id = "checkout",
            Name = "Checkout",
            Metrics = new SourceMapping("second", new Dictionary<string, string> { ["service"] = "orders" }),
            Slos = [new ServiceLevelObjective { Name = "a", Kind = SloKind.Availability, Objective = 99.5 }],
        });

        var answer = await AskAsync(new AskedQuestion { Question = "request rate of checkout" });
        var stranger = await AskAsync(new AskedQuestion { Question = "request rate of checkout" }, Callers.Everything("other"));

        Assert.Equal("second", answer.Queries[0].Source);
        Assert.Contains("service=\"orders\"", answer.Queries[0].Query, StringComparison.Ordinal);
        Assert.DoesNotContain(stranger.Queries, q => q.Query.Contains("orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_SourceFailsForOneQuery_TheOthersAreAnswered()
    {
        First.Fails = query => query.Contains("5..", StringComparison.Ordinal) || query.Contains("code", StringComparison.Ordinal);

        var answer = await AskAsync(new AskedQuestion { Question = "is orders healthy?" });

        Assert.Contains(answer.Queries, q => q.Status == AnsweredStatus.Error && q.Warnings[0].Contains("first: out of order", StringComparison.Ordinal));
        Assert.Contains(answer.Queries, q => q.Status == AnsweredStatus.Success);
        Assert.Contains("not answered: first: out of order", answer.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_SourceIsDown_SaysSoInsteadOfGuessing()
    {
        First.Down = true;

        var answer = await AskAsync(new AskedQuestion { Question = "request rate of orders" });

        Assert.Empty(answer.Queries);
        Assert.Contains("first: down", answer.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_FollowUp_IsOfTheSameCallerTenantAndDay()
    {
        var first = await AskAsync(new AskedQuestion { Question = "request rate of orders", TimeZone = "Europe/Berlin", Datasource = "second" });
        var followUp = new AskedQuestion { Question = "same for payment", Follows = first.Id };

        var answer = await AskAsync(followUp);
        var other = await OutcomeAsync(followUp, Callers.Everything() with { Subject = "somebody else" });
        var tenant = await OutcomeAsync(followUp, Callers.Everything("other"));
        time.Advance(StoredUnderstanding.TimeToLive);
        var late = await OutcomeAsync(followUp);

        Assert.Contains("service=\"payment\"", answer.Queries[0].Query, StringComparison.Ordinal);
        Assert.Equal(("Europe/Berlin", "second"), (answer.Understanding.TimeZone, answer.Queries[0].Source));
        Assert.Equal(["follows", "follows", "follows"], new[] { other, tenant, late }.Select(o => o.Field));
        Assert.Equal(Now + StoredUnderstanding.TimeToLive, StoredUnderstanding.Type.ExpiresAt(understandings.All("default")[0]));
    }

    [Fact]
    public async Task Ask_StoredUnderstanding_ReadsBackAsItWas()
    {
        await AskAsync(new AskedQuestion { Question = "p99 latency of orders above 200 ms by code in the last 2 hours, top 3" });

        var stored = Assert.Single(understandings.All("default"));

        Assert.Equal(QueryTranslator.Understand(stored.Understanding.Question, new TranslationContext { Now = Now }).Quantile, stored.Understanding.Quantile);
        Assert.Equal((0.99, 3), (stored.Understanding.Quantile, stored.Understanding.Top));
        Assert.Equal(TimeSpan.FromHours(2), stored.Understanding.Time!.Window.Length);
        Assert.Equal("orders", stored.Understanding.Entities[0].Value);
    }

    [Fact]
    public async Task Ask_SecretInTheQuestion_IsNeitherStoredNorRecorded()
    {
        await AskAsync(new AskedQuestion { Question = "logs containing 'password=hunter22secret'" });

        Assert.DoesNotContain("hunter22secret", System.Text.Json.JsonSerializer.Serialize(understandings.All("default")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_DuringTheIncident_IsTheLatestThatTheCallerMaySee()
    {
        await WriteAsync(incidents, "old", IncidentOf("old", Now.AddDays(-3), Now.AddDays(-3).AddHours(1)));
        await WriteAsync(incidents, "new", IncidentOf("new", Now.AddHours(-5), Now.AddHours(-4)));
        var question = new AskedQuestion { Question = "request rate of orders during the incident" };

        var latest = await AskAsync(question);
        var named = await AskAsync(question with { Incident = "old" });
        var blind = await AskAsync(question, Callers.With("default", Scope.Everywhere, Permission.ReadMetrics));

        Assert.Equal((Now.AddHours(-5), Now.AddHours(-4)), (latest.Understanding.Time!.From, latest.Understanding.Time.To));
        Assert.Equal(Now.AddDays(-3), named.Understanding.Time!.From);
        Assert.NotEqual(Now.AddHours(-5), blind.Understanding.Time!.From);
        Assert.Equal("incident", (await OutcomeAsync(question with { Incident = "none" })).Field);
    }

    [Fact]
    public async Task Ask_AuditIsDown_NothingIsAnswered()
    {
        audit.IsDown = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => OutcomeAsync(new AskedQuestion { Question = "request rate of orders" }));
    }

    [Fact]
    public async Task Ask_ModelIsWishedForAndThereIsNone_TheRulesAnswerAndSaySo()
    {
        var answer = await AskAsync(new AskedQuestion { Question = "request rate of orders", Use = TranslationMaker.Model });

        Assert.Equal("rules", answer.Queries[0].MadeBy);
        Assert.Contains("the rules answered, since no model is configured", answer.Warnings);
    }

    private async Task<QuestionAnswer> AskAsync(AskedQuestion question, Caller? caller = null)
    {
        var outcome = await OutcomeAsync(question, caller);
        Assert.True(outcome.Answer is not null, outcome.Problem);
        return outcome.Answer;
    }

    private Task<AskOutcome> OutcomeAsync(AskedQuestion question, Caller? caller = null)
    {
        ask ??= sources.Aggregate((IServiceCollection)new ServiceCollection(), (s, source) => s.AddSingleton(source))
            .AddSingleton<IMetricSource>(new Requests("theirs") { Tenant = "other" })
            .AddLogging()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IDocuments<AlertEpisode>>(new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type))
            .AddSingleton<IDocuments<Investigation>>(new InMemoryDocuments<Investigation>(Investigation.Type))
            .AddSingleton<IDocuments<Incident>>(incidents)
            .AddSingleton<IDocuments<ApplicationProfile>>(profiles)
            .AddSingleton<IDocuments<StoredUnderstanding>>(understandings)
            .AddSingleton<IAuditTrail>(audit)
            .AddSingleton<ListIncidents>()
            .AddTools()
            .AddApplications()
            .AddAsking(new AskOptions())
            .BuildServiceProvider()
            .GetRequiredService<AskQuestion>();
        return ask.AskAsync(caller ?? Callers.Everything(), question, Cancel);
    }

    private static Task<WriteResult> WriteAsync<T>(InMemoryDocuments<T> documents, string id, T value)
        where T : class => documents.WriteAsync("default", DocumentWrite<T>.Create(id, value), Cancel);

    private static Incident IncidentOf(string id, DateTimeOffset from, DateTimeOffset to) => new()
    {
        Id = id,
        Tenant = "default",
        Status = IncidentStatus.Resolved,
        Title = id,
        Severity = "critical",
        FirstEpisodeId = "e",
        StartsAt = from,
        UpdatedAt = to,
        ResolvedAt = to,
        Episodes = 1,
        FiringEpisodes = 0,
        CommonLabels = new Dictionary<string, string>(),
        InvestigationState = InvestigationState.NotWanted,
    };

    /// <summary>Requests of orders and payment; whatever is asked of them is 3.</summary>
    private sealed class Requests(string name) : IMetricSource
    {
        private readonly Lock gate = new();

        public string Name => name;

        public string Tenant { get; init; } = "default";

        public List<string> Asked { get; } = [];

        public bool Down { get; set; }

        public Func<string, bool> Fails { get; set; } = _ => false;

        private static IReadOnlyDictionary<string, string>[] Series =>
        [
            .. new[] { "orders", "payment" }.SelectMany(s => new[] { "200", "500" }.Select(c => new Dictionary<string, string> { ["__name__"] = "http_requests_total", ["service"] = s, ["code"] = c })),
            .. new[] { "orders", "payment" }.Select(s => new Dictionary<string, string> { ["__name__"] = "http_request_duration_seconds_bucket", ["service"] = s, ["le"] = "+Inf" }),
            .. new[] { "orders", "payment" }.Select(s => new Dictionary<string, string> { ["__name__"] = "up", ["service"] = s, ["instance"] = "i:1" }),
        ];

        public Task<IReadOnlyList<MetricMetadata>> ListMetadataAsync(CancellationToken cancellationToken) =>
            Down ? throw new SourceException(SourceFailure.Unavailable, name, $"{name}: down") : Task.FromResult<IReadOnlyList<MetricMetadata>>([]);

        public Task<MetricAnswer<MetricSample>> QueryAsync(string promql, DateTimeOffset at, CancellationToken cancellationToken)
        {
            if (promql.StartsWith("count by (__name__)", StringComparison.Ordinal))
            {
                return Task.FromResult(new MetricAnswer<MetricSample>([.. Series.GroupBy(s => s["__name__"]).Select(g => new MetricSample(new Dictionary<string, string> { ["__name__"] = g.Key }, at, g.Count()))]));
            }

            Keep(promql);
            return Task.FromResult(new MetricAnswer<MetricSample>([new MetricSample(new Dictionary<string, string>(), at, 3)]));
        }

        public Task<MetricAnswer<MetricSeries>> QueryRangeAsync(string promql, TimeWindow window, TimeSpan step, CancellationToken cancellationToken)
        {
            Keep(promql);
            return Task.FromResult(new MetricAnswer<MetricSeries>([new MetricSeries(new Dictionary<string, string>(), [new MetricPoint(window.Start, 3)])]));
        }

        public Task<MetricAnswer<IReadOnlyDictionary<string, string>>> FindSeriesAsync(IReadOnlyList<string> selectors, TimeWindow window, int limit, CancellationToken cancellationToken) =>
            Task.FromResult(new MetricAnswer<IReadOnlyDictionary<string, string>>(Series));

        public Task<IReadOnlyList<AlertingRule>> ListAlertingRulesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AlertingRule>>([]);

        public Uri LinkTo(string promql, TimeWindow window) => new($"http://{name}.example/graph");

        private void Keep(string query)
        {
            lock (gate)
            {
                Asked.Add(query);
            }

            if (Fails(query))
            {
                throw new SourceException(SourceFailure.Unavailable, name, $"{name}: out of order");
            }
        }
    }
}
