using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>What a provider publishes, as it was at some moment.</summary>
internal sealed record Published(ProviderMetadata Metadata, KeySet Keys, DateTimeOffset At);

/// <summary>
/// Keeps what a provider publishes about itself. It is only a cache: read again each day and when a token names a key that is not known, but then at
/// most once a minute whatever callers send; while the provider is down, the last good keys count for another day.
/// </summary>
internal sealed partial class PublishedKeys(IdentityProvider provider, OpenIdHttp http, TimeProvider time, ILogger<PublishedKeys> logger)
{
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(24);

    public static readonly TimeSpan GoodFor = RefreshAfter + TimeSpan.FromHours(24);

    /// <summary>Between two readings that tokens with unknown keys cause, and between two that fail while old keys are left.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMinutes(1);

    /// <summary>Between two readings while there are no keys at all and nobody can sign in.</summary>
    public static readonly TimeSpan LeastIntervalWithout = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private volatile Published? published;
    private Task? reading;
    private DateTimeOffset mayRefresh = DateTimeOffset.MinValue;
    private DateTimeOffset mayLookForKey = DateTimeOffset.MinValue;

    /// <summary>Null when the provider cannot be asked and nothing good is left from before.</summary>
    public async Task<Published?> GetAsync(CancellationToken cancellationToken)
    {
        if (Good() is { } good)
        {
            _ = IsDue(good) ? StartReading(ref mayRefresh, LeastInterval) : null;
            return good;
        }

        await WaitAsync(StartReading(ref mayRefresh, LeastIntervalWithout), cancellationToken).ConfigureAwait(false);
        return Good();
    }

    /// <summary>What is published, read again first when the key is not in it and the last reading was over a minute ago.</summary>
    public async Task<Published?> GetWithKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        var found = await GetAsync(cancellationToken).ConfigureAwait(false);
        if (found is null || found.Keys.Find(keyId) is not null)
        {
            return found;
        }

        await WaitAsync(StartReading(ref mayLookForKey, LeastInterval), cancellationToken).ConfigureAwait(false);
        return Good();
    }

    private Published? Good() => published is { } last && time.GetUtcNow() - last.At < GoodFor ? last : null;

    private bool IsDue(Published last) => time.GetUtcNow() - last.At >= RefreshAfter;

    private static async Task WaitAsync(Task? read, CancellationToken cancellationToken)
    {
        if (read is not null)
        {
            await read.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The reading that is under way, or a new one, or null when it is too early for one.</summary>
    private Task? StartReading(ref DateTimeOffset notBefore, TimeSpan interval)
    {
        lock (gate)
        {
            if (reading is { IsCompleted: false })
            {
                return reading;
            }

            var now = time.GetUtcNow();
            if (now < notBefore)
            {
                return null;
            }

            notBefore = now + interval;
            // Not the caller's token: one who hangs up must not spoil the one reading of this minute for all others.
            reading = ReadAsync();
            return reading;
        }
    }

    private async Task ReadAsync()
    {
        // Leaves the lock before anything is sent.
        await Task.Yield();
        try
        {
            var metadata = ProviderMetadata.Parse(await http.GetAsync(ProviderMetadata.AddressOf(provider), CancellationToken.None).ConfigureAwait(false), provider);
            var keys = KeySet.Parse(await http.GetAsync(metadata.KeysUrl, CancellationToken.None).ConfigureAwait(false));
            if (keys is null || keys.Count == 0)
            {
                throw new ProviderFailureException($"{provider.Name} publishes no key that can be used ({(keys is null ? "no key set" : string.Join(", ", keys.Skipped.Distinct().Take(5)))})");
            }

            published = new Published(metadata, keys, time.GetUtcNow());
            LogRead(logger, provider.Name, keys.Count, keys.Skipped.Count);
        }
        catch (ProviderFailureException failure)
        {
            LogFailed(logger, provider.Name, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Read {Keys} signing keys of identity provider {Provider}; {Skipped} others are of no use here")]
    private static partial void LogRead(ILogger logger, string provider, int keys, int skipped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of identity provider {Provider} could not be read: {Reason}")]
    private static partial void LogFailed(ILogger logger, string provider, string reason);
}
