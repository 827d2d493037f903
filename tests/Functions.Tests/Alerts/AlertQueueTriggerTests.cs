using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Alerts;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Alerts;

/// <summary>The trigger on a queue that is played by the test: deliveries, outputs, and dead letters after ten failures.</summary>
public sealed class AlertQueueTriggerTests
{
    private const string Tenant = "default";

    private readonly PoisonedEpisodes episodes = new();
    private readonly AlertQueueTrigger trigger;

    public AlertQueueTriggerTests()
    {
        var suppressions = new CurrentSuppressions(new ConfiguredSources([]), new NoMaintenanceWindows(), Options.Create(new SuppressionOptions()), TimeProvider.System);
        var correlate = new CorrelateAlerts(
            new InMemoryDocuments<CorrelationWindow>(CorrelationWindow.Type),
            new InMemoryDocuments<Incident>(Incident.Type),
            episodes,
            suppressions,
            new FixedAnalysisRules(AnalysisRules.Default),
            Options.Create(new CorrelationOptions()),
            TimeProvider.System);
        // Ids that the store does not know need no follow-up.
        trigger = new AlertQueueTrigger(correlate, null!, TimeProvider.System, NullLogger<AlertQueueTrigger>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(400, 1)]
    [InlineData(400, 3)]
    public async Task Run_SomeOfManyAlwaysFail_EndAsDeadLettersAloneAndTheOthersAreDone(int count, int poisoned)
    {
        episodes.Poisoned = [.. Enumerable.Range(0, poisoned).Select(i => $"e{count * i / poisoned}")];
        var ids = Enumerable.Range(0, count).Select(i => $"e{i}").ToList();

        var (done, dead, runs) = await PlayAsync(AlertsMessage.For(Tenant, ids)!);

        Assert.Equal(episodes.Poisoned.Order(), dead.Order());
        Assert.Equal(ids.Except(episodes.Poisoned).Order(), done.Distinct().Order());
        Assert.True(runs <= poisoned * (10 + (4 * 10)), $"{runs} runs");
    }

    [Fact]
    public async Task Run_StoreIsAway_SendsTheMessageToTheEndOfTheQueueAndCountsNoFailure()
    {
        episodes.Faults.Unavailable = true;
        var message = AlertsMessage.For(Tenant, ["e1"])![0];

        Assert.Equal(message, Assert.Single((await trigger.RunAsync(message, 9, null!, Stop))!));
    }

    private async Task<(List<string> Done, List<string> Dead, int Runs)> PlayAsync(IEnumerable<string> messages)
    {
        var queue = new Queue<(string Message, int Delivery)>(messages.Select(m => (m, 1)));
        var (done, dead, runs) = (new List<string>(), new List<string>(), 0);
        while (queue.TryDequeue(out var next))
        {
            runs++;
            try
            {
                if (await trigger.RunAsync(next.Message, next.Delivery, null!, Stop) is { } output)
                {
                    Array.ForEach(output, message => queue.Enqueue((message, 1)));
                }
                else
                {
                    done.AddRange(AlertsMessage.Parse(next.Message).EpisodeIds);
                }
            }
            catch (InvalidOperationException) when (next.Delivery < 10)
            {
                queue.Enqueue((next.Message, next.Delivery + 1));
            }
            catch (InvalidOperationException)
            {
                dead.AddRange(AlertsMessage.Parse(next.Message).EpisodeIds);
            }
        }

        return (done, dead, runs);
    }

    /// <summary>Reading some of them always fails, as the decision about an alert might.</summary>
    private sealed class PoisonedEpisodes : IDocuments<AlertEpisode>
    {
        private readonly InMemoryDocuments<AlertEpisode> inner = new(AlertEpisode.Type);

        public HashSet<string> Poisoned { get; set; } = [];

        public StoreFaults Faults => inner.Faults;

        public Task<Document<AlertEpisode>?> ReadAsync(string partitionKey, string id, CancellationToken cancellationToken) => inner.ReadAsync(partitionKey, id, cancellationToken);

        public Task<IReadOnlyDictionary<string, Document<AlertEpisode>>> ReadManyAsync(string partitionKey, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
            ids.Any(Poisoned.Contains) ? throw new InvalidOperationException("poison") : inner.ReadManyAsync(partitionKey, ids, cancellationToken);

        public Task<WriteResult> WriteAsync(string partitionKey, DocumentWrite<AlertEpisode> write, CancellationToken cancellationToken) =>
            inner.WriteAsync(partitionKey, write, cancellationToken);

        public Task<IReadOnlyList<WriteResult>> WriteManyAsync(string partitionKey, IReadOnlyList<DocumentWrite<AlertEpisode>> writes, CancellationToken cancellationToken) =>
            inner.WriteManyAsync(partitionKey, writes, cancellationToken);

        public Task<bool> DeleteAsync(string partitionKey, string id, string? etag, CancellationToken cancellationToken) => inner.DeleteAsync(partitionKey, id, etag, cancellationToken);

        public Task<DocumentPage<AlertEpisode>> QueryAsync(string partitionKey, DocumentQuery query, CancellationToken cancellationToken) =>
            inner.QueryAsync(partitionKey, query, cancellationToken);
    }
}
