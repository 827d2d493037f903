using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>What intake and listing cost when 1,000, 10,000 and 100,000 episodes are stored: the ratio should stay near one.</summary>
internal static class HistoryBench
{
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var baseline = (Intake: 0.0, List: 0.0);
        foreach (var stored in new[] { 1_000, 10_000, 100_000 })
        {
            using var state = new ScratchDirectory();
            await FillAsync(state.Path, stored, cancellationToken);
            await using var azurite = await Azurite.StartAsync(cancellationToken);
            await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, cancellationToken);
            await MeasureListAsync(app, 50, cancellationToken);
            var list = await MeasureListAsync(app, 400, cancellationToken);
            await IntakeBench.SendAsync(app, 1, TimeSpan.FromSeconds(2), cancellationToken);
            var (intake, _) = await IntakeBench.SendAsync(app, 1, TimeSpan.FromSeconds(6), cancellationToken);
            if (baseline.Intake == 0)
            {
                baseline = (intake.Percentile(.5), list.Percentile(.5));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {stored,7} stored: webhook {intake} (x{intake.Percentile(.5) / baseline.Intake:0.00}); list of 50 {list} (x{list.Percentile(.5) / baseline.List:0.00})"));
        }
    }

    private static async Task<Samples> MeasureListAsync(NightwatchApp app, int times, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        for (var i = 0; i < times; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            (await app.Http.GetAsync("api/incidents?pageSize=50", cancellationToken)).EnsureSuccessStatusCode();
            samples.AddSince(sent);
        }

        return samples;
    }

    private static async Task FillAsync(string folder, int episodes, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSqliteStore(options => options.Directory = folder).AddDocuments(AlertEpisode.Type).AddDocuments(Incident.Type).BuildServiceProvider();
        var episodeStore = services.GetRequiredService<IDocuments<AlertEpisode>>();
        var incidentStore = services.GetRequiredService<IDocuments<Incident>>();
        var start = TimeProvider.System.GetUtcNow().AddDays(-30);
        foreach (var numbers in Enumerable.Range(0, episodes).Chunk(1000))
        {
            var made = numbers.Select(n => Episode(n, start.AddSeconds(n * 20))).ToList();
            await episodeStore.WriteManyAsync("default", made.Select(e => DocumentWrite<AlertEpisode>.Create(e.Id, e)).ToList(), cancellationToken);
            var incidents = made.Where((_, i) => i % 5 == 0).Select(IncidentOf).ToList();
            await incidentStore.WriteManyAsync("default", incidents.Select(i => DocumentWrite<Incident>.Create(i.Id, i)).ToList(), cancellationToken);
        }
    }

    private static AlertEpisode Episode(int number, DateTimeOffset start)
    {
        var fingerprint = ((ulong)number * 0x9E3779B97F4A7C15).ToString("x16", CultureInfo.InvariantCulture);
        return new AlertEpisode
        {
            Id = AlertEpisode.IdOf(fingerprint, start),
            Tenant = "default",
            Fingerprint = fingerprint,
            Name = "HighErrorRate",
            Status = AlertStatus.Resolved,
            Stage = EpisodeStage.Correlated,
            Labels = new Dictionary<string, string> { ["alertname"] = "HighErrorRate", ["service"] = $"service-{number % 40}", ["severity"] = "warning", ["pod"] = $"pod-{number}" },
            Annotations = new Dictionary<string, string> { ["summary"] = "More than 5 % of the requests fail" },
            StartsAt = start,
            EndsAt = start.AddMinutes(10),
            Source = "alertmanager",
            ReceivedAt = start,
            ChangedAt = start.AddMinutes(10),
            ClosedBecause = "resolved",
            IncidentId = $"old-{number / 5 * 5}",
        };
    }

    private static Incident IncidentOf(AlertEpisode episode) => new()
    {
        Id = episode.IncidentId!,
        Tenant = "default",
        Status = IncidentStatus.Resolved,
        Title = $"HighErrorRate of {episode.Labels["service"]}",
        Severity = "warning",
        FirstEpisodeId = episode.Id,
        StartsAt = episode.StartsAt,
        UpdatedAt = episode.ChangedAt,
        ResolvedAt = episode.EndsAt,
        Episodes = 5,
        FiringEpisodes = 0,
        CommonLabels = episode.Labels,
        InvestigationState = InvestigationState.Concluded,
        Conclusion = "orders: the errors began with version 1.5.0",
    };
}
