using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Investigations.Simulation;

/// <summary>Simulated shops in a real Prometheus, investigated through the real tools from claim to conclusion.</summary>
public sealed class WorldLab : IAsyncDisposable
{
    private readonly PrometheusServer prometheus;

    private WorldLab(PrometheusServer prometheus) => this.prometheus = prometheus;

    public static DateTimeOffset Onset { get; } = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);

    public Uri Url => prometheus.Url;

    public Dictionary<string, double> AlertDelays { get; } = [];

    public static async Task<WorldLab> StartAsync(IReadOnlyList<WorldPlan> plans, CancellationToken cancellationToken)
    {
        var delays = new Dictionary<string, double>();
        var prometheus = await PrometheusServer.StartAsync("global: {}\n", folder => Fill(folder, plans, delays), cancellationToken);
        var lab = new WorldLab(prometheus);
        foreach (var (name, delay) in delays)
        {
            lab.AlertDelays[name] = delay;
        }

        return lab;
    }

    private static void Fill(string folder, IReadOnlyList<WorldPlan> plans, Dictionary<string, double> delays)
    {
        var worlds = plans.Select(p => (Plan: p, World: new ShopWorld(p, Onset))).ToList();
        worlds.ForEach(w => w.World.Run());
        worlds.ForEach(w => delays[w.Plan.Namespace] = w.World.AlertDelay);
        var file = Path.Combine(folder, "worlds.om");
        using (var writer = new StreamWriter(file))
        {
            ShopWorld.Write(worlds.Select(w => w.World), writer);
        }

        using var promtool = Process.Start(new ProcessStartInfo(Repository.Tool("usr/bin/promtool"), ["tsdb", "create-blocks-from", "openmetrics", "-q", file, Path.Combine(folder, "data")]) { RedirectStandardError = true })!;
        var error = promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        File.Delete(file);
        if (promtool.ExitCode != 0)
        {
            throw new InvalidOperationException($"promtool: {error}");
        }
    }

    /// <summary>Everything that investigates, on stores in memory, with the world's clock.</summary>
    public Investigator Investigate(DateTimeOffset now, Func<IToolCatalog, IToolCatalog>? between = null, Action<IServiceCollection>? more = null) => new(Url, now, between, more);

    public async ValueTask DisposeAsync() => await prometheus.DisposeAsync();
}

/// <summary>The use cases wired as in the product, but for the stores and the clock.</summary>
public sealed class Investigator : IDisposable
{
    private readonly ServiceProvider services;

    public Investigator(Uri? prometheus, DateTimeOffset now, Func<IToolCatalog, IToolCatalog>? between = null, Action<IServiceCollection>? more = null)
    {
        Time = new ManualTime(now);
        Incidents = new InMemoryDocuments<Incident>(Incident.Type);
        Investigations = new InMemoryDocuments<Investigation>(Investigation.Type);
        Evidence = new InMemoryDocuments<Evidence>(Domain.Investigations.Evidence.Type);
        Episodes = new InMemoryDocuments<AlertEpisode>(AlertEpisode.Type);
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<IDocuments<Incident>>(Incidents);
        collection.AddSingleton<IDocuments<Investigation>>(Investigations);
        collection.AddSingleton<IDocuments<Evidence>>(Evidence);
        collection.AddSingleton<IDocuments<AlertEpisode>>(Episodes);
        if (prometheus is not null)
        {
            collection.AddPrometheus(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["PROMETHEUS_URL"] = prometheus.AbsoluteUri }).Build());
        }

        collection.AddSingleton<IAuditTrail>(Audit);
        collection.AddTools();
        collection.AddInvestigations();
        more?.Invoke(collection);
        if (between is not null)
        {
            var inner = collection.Last(d => d.ServiceType == typeof(IToolCatalog));
            collection.Remove(inner);
            collection.AddSingleton(s => between((IToolCatalog)(inner.ImplementationInstance ?? ActivatorUtilities.CreateInstance(s, inner.ImplementationType!))));
        }

        services = collection.BuildServiceProvider();
    }

    public const string Tenant = "default";

    public RecordedAudit Audit { get; } = new();

    public ManualTime Time { get; }

    internal InMemoryDocuments<Incident> Incidents { get; }

    internal InMemoryDocuments<Investigation> Investigations { get; }

    internal InMemoryDocuments<Evidence> Evidence { get; }

    internal InMemoryDocuments<AlertEpisode> Episodes { get; }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Stores an incident of these alerts that wants an investigation.</summary>
    public async Task OpenAsync(string incidentId, IReadOnlyList<AlertEpisode> alerts, InvestigationDepth depth, CancellationToken cancellationToken)
    {
        foreach (var alert in alerts)
        {
            await Episodes.WriteAsync(Tenant, DocumentWrite<AlertEpisode>.Create(alert.Id, alert with { IncidentId = incidentId }), cancellationToken);
        }

        await Incidents.WriteAsync(Tenant, DocumentWrite<Incident>.Create(incidentId, NewIncident(incidentId, alerts[0], depth)), cancellationToken);
    }

    public static Incident NewIncident(string id, AlertEpisode first, InvestigationDepth depth) => new()
    {
        Id = id,
        Tenant = Tenant,
        Status = IncidentStatus.Open,
        Title = $"{first.Name}: {first.Labels.GetValueOrDefault("service", "?")}",
        Severity = "critical",
        FirstEpisodeId = first.Id,
        StartsAt = first.StartsAt,
        UpdatedAt = first.StartsAt,
        Episodes = 1,
        FiringEpisodes = 1,
        CommonLabels = first.Labels,
        InvestigationState = InvestigationState.Wanted,
        Analysis = new AnalysisDecision { Investigate = true, Rule = "all", Depth = depth },
    };

    /// <summary>From claim to conclusion as the orchestration does it.</summary>
    public async Task<InvestigationView> RunAsync(string incidentId, CancellationToken cancellationToken)
    {
        var id = (await Get<ClaimInvestigation>().ClaimAsync(Tenant, incidentId, cancellationToken)).InvestigationId!;
        for (var round = 1; round <= InvestigationFlow.MaxRounds; round++)
        {
            var steps = await Get<PlanInvestigation>().PlanAsync(Tenant, id, round, cancellationToken);
            foreach (var wave in steps.Chunk(InvestigationFlow.MaxParallel))
            {
                await Task.WhenAll(wave.Select(s => GatherAsync(id, s.StepId, cancellationToken)));
            }

            if (steps.Count == 0)
            {
                break;
            }
        }

        await Get<ConcludeInvestigation>().ConcludeAsync(Tenant, id, cancellationToken);
        return (await Get<ReadInvestigation>().ReadAsync(Callers.Everything(Tenant), id, cancellationToken))!;
    }

    public static AlertEpisode Episode(string name, string expression, DateTimeOffset startsAt, Dictionary<string, string> labels)
    {
        var all = new Dictionary<string, string>(labels) { ["alertname"] = name };
        var fingerprint = $"{name}-{labels.GetValueOrDefault("service")}";
        return new AlertEpisode
        {
            Id = AlertEpisode.IdOf(fingerprint, startsAt),
            Tenant = Tenant,
            Fingerprint = fingerprint,
            Name = name,
            Status = AlertStatus.Firing,
            Stage = EpisodeStage.Correlated,
            Labels = all,
            Annotations = new Dictionary<string, string>(),
            StartsAt = startsAt,
            GeneratorUrl = $"http://prometheus:9090/graph?g0.expr={Uri.EscapeDataString(expression)}&g0.tab=1",
            Source = "alertmanager",
            ReceivedAt = startsAt,
            ChangedAt = startsAt,
        };
    }

    public void Dispose() => services.Dispose();

    private async Task GatherAsync(string id, string stepId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!(await Get<GatherEvidence>().GatherAsync(Tenant, id, stepId, InvestigationFlow.IsLastAttempt(attempt), attempt, cancellationToken)).Retry)
            {
                return;
            }
        }
    }
}
