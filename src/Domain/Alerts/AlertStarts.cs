using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Finds the start of alerts whose sender names none: that of the open episode, else the time of receipt, agreed among processes.</summary>
internal sealed class AlertStarts(IDocuments<AlertStart> starts, IDocuments<AlertEpisode> episodes, int maxAttempts)
{
    /// <summary>A start whose episode was never written (the process died in between) is used for this long, then forgotten.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(5);

    /// <summary>The alert with its start, or null for a resolve that has nothing to end.</summary>
    public async Task<ParsedAlert?> PlaceAsync(string tenant, ParsedAlert delivery, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fingerprint = delivery.Alert.Fingerprint;
        for (var attempt = 0; attempt < maxAttempts; attempt++)
        {
            var agreed = await starts.ReadAsync(tenant, fingerprint, cancellationToken);
            if (await FindOpenAsync(tenant, fingerprint, agreed?.Value, now, cancellationToken) is { } open)
            {
                return At(delivery, open);
            }

            if (delivery.Alert.Status == AlertStatus.Resolved)
            {
                return null;
            }

            var start = new AlertStart { Fingerprint = fingerprint, StartsAt = now };
            var write = agreed is null ? DocumentWrite<AlertStart>.Create(fingerprint, start) : DocumentWrite<AlertStart>.Replace(agreed, start);
            if ((await starts.WriteAsync(tenant, write, cancellationToken)).Written)
            {
                return At(delivery, now);
            }
        }

        throw new StoreUnavailableException($"The start of alert {fingerprint} was changed by others {maxAttempts} times in a row.");
    }

    private static ParsedAlert At(ParsedAlert delivery, DateTimeOffset start)
    {
        var end = delivery.Alert.EndsAt is { } e && e < start ? start : delivery.Alert.EndsAt;
        return delivery with { Alert = delivery.Alert with { StartsAt = start, EndsAt = end } };
    }

    private async Task<DateTimeOffset?> FindOpenAsync(
        string tenant, string fingerprint, AlertStart? agreed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (agreed is not null)
        {
            var episode = await episodes.ReadAsync(tenant, AlertEpisode.IdOf(fingerprint, agreed.StartsAt), cancellationToken);
            if (episode is null ? now - agreed.StartsAt < Abandoned : episode.Value.Status == AlertStatus.Firing)
            {
                return agreed.StartsAt;
            }
        }

        var newest = await episodes.QueryAsync(
            tenant,
            new DocumentQuery { Where = [FieldFilter.Equal("fingerprint", fingerprint)], OrderBy = "startsAt", Descending = true, PageSize = 1 },
            cancellationToken);
        return newest.Documents is [{ Value: { Status: AlertStatus.Firing } open }] ? open.StartsAt : null;
    }
}
