using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>
/// What intake and listing cost when 1,000, 10,000 and 100,000 episodes are stored: the ratio should stay near one. The three take turns, so that what else
/// the machine does falls on all of them, and few webhooks are sent, so that the small store stays small.
/// </summary>
internal static class HistoryBench
{
    private const int Rounds = 20;
    private const int WebhooksPerRound = 6;
    private const int ListsPerRound = 20;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var cleanUp = new AsyncStack();
        var sizes = new List<(int Stored, NightwatchApp App, Samples Intake, Samples List)>();
        foreach (var stored in new[] { 1_000, 10_000, 100_000 })
        {
            var state = cleanUp.Keep(new ScratchDirectory());
            await FillAsync(state.Path, stored, cancellationToken);
            var azurite = cleanUp.KeepAsync(await Azurite.StartAsync(cancellationToken));
            var app = cleanUp.KeepAsync(await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, cancellationToken));
            await MeasureAsync(app, new Samples(), new Samples(), cancellationToken);
            sizes.Add((stored, app, new Samples(), new Samples()));
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (_, app, intake, list) in sizes)
            {
                await MeasureAsync(app, intake, list, cancellationToken);
            }
        }

        foreach (var (stored, _, intake, list) in sizes)
        {
            var (intakeRatio, listRatio) = (intake.Percentile(.5) / sizes[0].Intake.Percentile(.5), list.Percentile(.5) / sizes[0].List.Percentile(.5));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {stored,7} stored: webhook {intake} (x{intakeRatio:0.00}); list of 50 {list} (x{listRatio:0.00})"));
        }
    }

    private static async Task MeasureAsync(NightwatchApp app, Samples intake, Samples list, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WebhooksPerRound; i++)
        {
            using var body = AlertBodies.Webhook("history", groups: 20);
            var sent = Stopwatch.GetTimestamp();
            (await app.Http.PostAsync("api/alerts/alertmanager", body, cancellationToken)).EnsureSuccessStatusCode();
            intake.AddSince(sent);
        }

        for (var i = 0; i < ListsPerRound; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            (await app.Http.GetAsync("api/incidents?pageSize=50", cancellationToken)).EnsureSuccessStatusCode();
            list.AddSince(sent);
        }
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

    /// <summary>Ends what was started, the last first.</summary>
    private sealed class AsyncStack : IAsyncDisposable
    {
        private readonly Stack<Func<ValueTask>> ends = new();

        public T Keep<T>(T item)
            where T : IDisposable
        {
            ends.Push(() =>
            {
                item.Dispose();
                return ValueTask.CompletedTask;
            });
            return item;
        }

        public T KeepAsync<T>(T item)
            where T : IAsyncDisposable
        {
            ends.Push(item.DisposeAsync);
            return item;
        }

        public async ValueTask DisposeAsync()
        {
            while (ends.TryPop(out var end))
            {
                await end();
            }
        }
    }
}
