using Microsoft.Extensions.Options;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// Takes a webhook's body in: validated, de-duplicated and stored as episodes that are not yet queued. One document write per changed alert, none for
/// a repeat. Safe to run at once in several processes and to repeat.
/// </summary>
public sealed class IngestAlerts(IDocuments<AlertEpisode> episodes, IDocuments<AlertStart> starts, RaiseFinding findings, IOptions<IntakeOptions> options, TimeProvider time)
{
    private const int PlacedAtOnce = 32;
    private readonly AlertStarts alertStarts = new(starts, episodes, options.Value.MaxAttempts);

    /// <summary>When it returns, every accepted alert is durable.</summary>
    /// <exception cref="StoreUnavailableException">Nothing may be assumed stored; the sender must try again (answer 503).</exception>
    public async Task<IngestOutcome> IngestAsync(string tenant, AlertFormat format, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        var now = time.GetUtcNow();
        var parsed = WebhookParser.Parse(format, body, options.Value, now);
        var stored = await StoreAsync(tenant, parsed.Alerts, now, cancellationToken);
        var refusal = parsed.Refusal ?? RefusalOf(parsed);
        await ReportAsync(tenant, AlertSources.NameOf(format), parsed, refusal, cancellationToken);
        var outcome = new IngestOutcome
        {
            Accepted = stored.Accepted,
            ChangedEpisodeIds = stored.Changed,
            Rejected = parsed.Rejected,
            Refusal = refusal,
            Truncated = parsed.Truncated,
        };
        IntakeTelemetry.Count(AlertSources.NameOf(format), outcome);
        return outcome;
    }

    private static IngestRefusal? RefusalOf(ParsedWebhook parsed) =>
        parsed.Alerts.Count > 0 || parsed.Rejected.Count == 0
            ? null
            : new IngestRefusal(422, parsed.Rejected[0].Field, $"None of {parsed.Rejected.Count} alerts could be taken; the first: {parsed.Rejected[0].Field} {parsed.Rejected[0].Problem}.");

    private async Task<(List<AcceptedAlert> Accepted, List<string> Changed)> StoreAsync(
        string tenant, IReadOnlyList<ParsedAlert> alerts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var accepted = new List<AcceptedAlert>(alerts.Count);
        var changed = new List<string>();
        var waiting = new Dictionary<string, List<ParsedAlert>>(alerts.Count, StringComparer.Ordinal);
        foreach (var (alert, placed) in await PlaceAsync(tenant, alerts, now, cancellationToken))
        {
            if (placed is null)
            {
                accepted.Add(new AcceptedAlert(alert.Index, null, alert.Alert.Fingerprint, AlertChange.Ignored));
                continue;
            }

            var id = AlertEpisode.IdOf(placed.Alert.Fingerprint, placed.Alert.StartsAt);
            if (!waiting.TryGetValue(id, out var deliveries))
            {
                waiting[id] = deliveries = [];
            }

            deliveries.Add(placed);
        }

        for (var attempt = 0; waiting.Count > 0; attempt++)
        {
            if (attempt == options.Value.MaxAttempts)
            {
                throw new StoreUnavailableException($"{waiting.Count} episodes were changed by others {attempt} times in a row.");
            }

            foreach (var chunk in waiting.Keys.Chunk(DocumentQuery.MaxPageSize))
            {
                await StoreOnceAsync(tenant, chunk, waiting, accepted, changed, now, cancellationToken);
            }
        }

        accepted.Sort((a, b) => a.Index.CompareTo(b.Index));
        return (accepted, changed);
    }

    /// <summary>Gives those that name no start theirs; the ones of one alert in their order, different alerts side by side.</summary>
    private async Task<(ParsedAlert Alert, ParsedAlert? Placed)[]> PlaceAsync(
        string tenant, IReadOnlyList<ParsedAlert> alerts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var placed = alerts.Select(a => (Alert: a, Placed: (ParsedAlert?)a)).ToArray();
        var unplaced = Enumerable.Range(0, placed.Length).Where(i => !alerts[i].StartsAtGiven).GroupBy(i => alerts[i].Alert.Fingerprint, StringComparer.Ordinal);
        await Parallel.ForEachAsync(unplaced, new ParallelOptions { MaxDegreeOfParallelism = PlacedAtOnce, CancellationToken = cancellationToken }, async (indexes, cancel) =>
        {
            foreach (var i in indexes)
            {
                placed[i].Placed = await alertStarts.PlaceAsync(tenant, alerts[i], now, cancel);
            }
        });
        return placed;
    }

    /// <summary>Reads, decides and writes; what a competitor changed first stays in <paramref name="waiting"/>.</summary>
    private async Task StoreOnceAsync(
        string tenant,
        string[] ids,
        Dictionary<string, List<ParsedAlert>> waiting,
        List<AcceptedAlert> accepted,
        List<string> changed,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var current = await episodes.ReadManyAsync(tenant, ids, cancellationToken);
        var writes = new List<DocumentWrite<AlertEpisode>>();
        var decided = new List<List<AcceptedAlert>>();
        foreach (var id in ids)
        {
            var (results, write) = Fold(tenant, id, current.GetValueOrDefault(id), waiting[id], now);
            if (write is null)
            {
                accepted.AddRange(results);
                waiting.Remove(id);
                continue;
            }

            writes.Add(write);
            decided.Add(results);
        }

        var written = writes.Count == 0 ? [] : await episodes.WriteManyAsync(tenant, writes, cancellationToken);
        for (var i = 0; i < written.Count; i++)
        {
            if (written[i].Written)
            {
                accepted.AddRange(decided[i]);
                changed.Add(writes[i].Id);
                waiting.Remove(writes[i].Id);
            }
        }
    }

    /// <summary>Several deliveries for one episode in one body become one write.</summary>
    private static (List<AcceptedAlert> Results, DocumentWrite<AlertEpisode>? Write) Fold(
        string tenant, string id, Document<AlertEpisode>? current, List<ParsedAlert> deliveries, DateTimeOffset now)
    {
        var results = new List<AcceptedAlert>(deliveries.Count);
        var episode = current?.Value;
        var isChanged = false;
        foreach (var delivery in deliveries)
        {
            var (change, next) = EpisodeTransition.Decide(tenant, episode, delivery, now);
            results.Add(new AcceptedAlert(delivery.Index, id, delivery.Alert.Fingerprint, change));
            isChanged |= next is not null;
            episode = next ?? episode;
        }

        return (results, !isChanged ? null : current is null ? DocumentWrite<AlertEpisode>.Create(id, episode!) : DocumentWrite<AlertEpisode>.Replace(current, episode!));
    }

    private async Task ReportAsync(string tenant, string source, ParsedWebhook parsed, IngestRefusal? refusal, CancellationToken cancellationToken)
    {
        if (refusal is not null)
        {
            await findings.RaiseAsync(tenant, FindingKinds.WebhookRefused, source, $"A webhook was refused with {refusal.Status}: {refusal.Message}", cancellationToken);
        }
        else if (parsed.Rejected.Count > 0)
        {
            var first = parsed.Rejected[0];
            await findings.RaiseAsync(
                tenant, FindingKinds.AlertsRejected, source, $"{parsed.Rejected.Count} alerts of a webhook were refused; the first: {first.Field} {first.Problem}", cancellationToken);
        }

        if (parsed.Truncated > 0)
        {
            await findings.RaiseAsync(tenant, FindingKinds.AlertsTruncated, source, $"A webhook left out {parsed.Truncated} alerts (max_alerts); they are read from the alerting system instead.", cancellationToken);
        }
    }
}
