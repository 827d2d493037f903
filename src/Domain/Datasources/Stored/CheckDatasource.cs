namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>The connection test: asks the least that needs address and credentials to be right, within ten seconds.</summary>
public sealed class CheckDatasource(DatasourceHealthLog log, TimeProvider time)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task<DatasourceHealth> RunAsync(IDescribedSource source, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var version = await source.CheckAsync(both.Token).ConfigureAwait(false);
            return Seen(DatasourceState.Healthy) with { Version = version };
        }
        catch (SourceException failure)
        {
            return Failed(log.Shown(failure));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"{source.Name}: no answer within {Limit.TotalSeconds:0} s");
        }

        DatasourceHealth Failed(string message)
        {
            var seen = Seen(DatasourceState.Unhealthy);
            return seen with { Message = message, LastFailure = message, LastFailureAt = seen.CheckedAt };
        }

        DatasourceHealth Seen(DatasourceState state) => new()
        {
            State = state,
            CheckedAt = time.GetUtcNow(),
            LatencyMs = Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 1),
        };
    }

    /// <summary>The same, and keeps what it saw.</summary>
    public async Task<DatasourceHealth> RunAndKeepAsync(string tenant, string id, IDescribedSource source, CancellationToken cancellationToken) =>
        await log.KeepAsync(tenant, id, await RunAsync(source, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
}
