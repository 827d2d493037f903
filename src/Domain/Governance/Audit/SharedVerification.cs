using System.Collections.Concurrent;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>
/// The verification for those who may ask as often as they like: it reads the whole trail, so one at a time runs for a tenant, whoever asks meanwhile gets the
/// same report, and a report stands for ten times as long as it took. However long the trail, verifying takes at most a tenth of the time.
/// </summary>
public sealed class SharedVerification(VerifyAudit verify, TimeProvider time)
{
    private const int StandsTimes = 10;

    private readonly ConcurrentDictionary<string, Task<Made>> latest = new(StringComparer.Ordinal);

    /// <returns>A report that was begun before or after the call; its time says when it was made.</returns>
    /// <exception cref="StoreUnavailableException">The store, or a place outside of it that anchors are kept in, cannot be read.</exception>
    public async Task<AuditReport> VerifyAsync(string tenant, CancellationToken cancellationToken)
    {
        var known = latest.GetValueOrDefault(tenant);
        if (known is null || !Stands(known))
        {
            // Started only by the one whose task is kept.
            var begun = new Task<Task<Made>>(() => MakeAsync(tenant));
            var mine = begun.Unwrap();
            var kept = known is null ? latest.GetOrAdd(tenant, mine) : latest.TryUpdate(tenant, mine, known) ? mine : latest[tenant];
            if (kept == mine)
            {
                begun.Start(TaskScheduler.Default);
            }

            known = kept;
        }

        return (await known.WaitAsync(cancellationToken)).Report;
    }

    private bool Stands(Task<Made> known) => !known.IsCompleted || (known.IsCompletedSuccessfully && time.GetUtcNow() < known.Result.Until);

    // It goes on when the one who asked first has left: others wait for it.
    private async Task<Made> MakeAsync(string tenant)
    {
        var begun = time.GetUtcNow();
        var report = await verify.VerifyAsync(tenant, CancellationToken.None);
        var ended = time.GetUtcNow();
        return new Made(report, ended + ((ended - begun) * StandsTimes));
    }

    private sealed record Made(AuditReport Report, DateTimeOffset Until);
}
