using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Limits;

/// <summary>The places that one caller holds at once, in the store.</summary>
public sealed record LimitPlaces
{
    public static DocumentType<LimitPlaces> Type { get; } = new()
    {
        Name = "limit_places",
        ExpiresAt = places => places.Held.Count == 0 ? DateTimeOffset.UnixEpoch : places.Held.Max(place => place.Until),
    };

    public required IReadOnlyList<LimitPlace> Held { get; init; }
}

/// <summary>A place and when it is free again should its holder die.</summary>
public sealed record LimitPlace(string Id, DateTimeOffset Until);

/// <summary>
/// How many things (open streams) a caller may have at once over all processes. A process that dies frees its places when their time is over; while the
/// store is away a place is given without it.
/// </summary>
public sealed partial class ConcurrencyLimiter(IDocuments<LimitPlaces> places, TimeProvider time, ILogger<ConcurrencyLimiter> logger)
{
    private const int MaxAttempts = 20;

    /// <summary>Takes a place; null when all are taken. Dispose frees it.</summary>
    /// <param name="lifetime">Longer than the thing can last.</param>
    public async Task<IAsyncDisposable?> EnterAsync(string partition, string key, int most, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var now = time.GetUtcNow();
                var stored = await places.ReadAsync(partition, key, cancellationToken).ConfigureAwait(false);
                var held = (stored?.Value.Held ?? []).Where(place => place.Until > now).ToList();
                if (held.Count >= most)
                {
                    return null;
                }

                var next = new LimitPlaces { Held = [.. held, new LimitPlace(id, now + lifetime)] };
                if (await WriteAsync(partition, key, stored, next, cancellationToken).ConfigureAwait(false))
                {
                    return new Place(this, partition, key, id);
                }

                await BackOff.WaitAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException down)
        {
            LogWithoutStore(logger, down.Message);
            return new Place(null, partition, key, id);
        }

        return null;
    }

    private async Task LeaveAsync(string partition, string key, string id)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var now = time.GetUtcNow();
                var stored = await places.ReadAsync(partition, key, CancellationToken.None).ConfigureAwait(false);
                if (stored is null)
                {
                    return;
                }

                var next = new LimitPlaces { Held = [.. stored.Value.Held.Where(place => place.Id != id && place.Until > now)] };
                if (await WriteAsync(partition, key, stored, next, CancellationToken.None).ConfigureAwait(false))
                {
                    return;
                }

                await BackOff.WaitAsync(attempt, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreUnavailableException down)
        {
            // It is free when its time is over.
            LogWithoutStore(logger, down.Message);
        }
    }

    private async Task<bool> WriteAsync(string partition, string key, Document<LimitPlaces>? stored, LimitPlaces next, CancellationToken cancellationToken)
    {
        var write = stored is null ? DocumentWrite<LimitPlaces>.Create(key, next) : DocumentWrite<LimitPlaces>.Replace(stored, next);
        return (await places.WriteAsync(partition, write, cancellationToken).ConfigureAwait(false)).Written;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A stream's place was not counted, because the store is not available: {Reason}")]
    private static partial void LogWithoutStore(ILogger logger, string reason);

    private sealed class Place(ConcurrencyLimiter? limiter, string partition, string key, string id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (limiter is not null)
            {
                await limiter.LeaveAsync(partition, key, id).ConfigureAwait(false);
            }
        }
    }
}
