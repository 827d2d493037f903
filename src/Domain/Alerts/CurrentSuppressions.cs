using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Alerts;

/// <summary>Where the maintenance windows come from: the configuration file that the shell loaded.</summary>
public interface IMaintenanceWindows
{
    IReadOnlyList<MaintenanceWindow> For(string tenant);
}

/// <summary>No maintenance windows are configured.</summary>
public sealed class NoMaintenanceWindows : IMaintenanceWindows
{
    public IReadOnlyList<MaintenanceWindow> For(string tenant) => [];
}

/// <summary>A list that was read once, the same for every tenant.</summary>
public sealed class FixedMaintenanceWindows(IReadOnlyList<MaintenanceWindow> windows) : IMaintenanceWindows
{
    public IReadOnlyList<MaintenanceWindow> For(string tenant) => windows;
}

public sealed class SuppressionOptions
{
    /// <summary>How long silences of the sources are kept before they are asked again.</summary>
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a source may take; after that its last known silences stand.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);
}

/// <summary>
/// Silences of every source together with our maintenance windows. A source that is down keeps its last known silences for as long as they run
/// by their own end; it never stops the caller.
/// </summary>
public sealed class CurrentSuppressions(IDatasources sources, IMaintenanceWindows windows, IOptions<SuppressionOptions> options, TimeProvider time)
{
    // What is kept of a source goes with it when its settings change.
    private readonly ConditionalWeakTable<IAlertSource, CachedSource> cached = [];

    public async Task<Suppressions> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var own = await sources.ListAsync<IAlertSource>(tenant, cancellationToken);
        var silences = await Task.WhenAll(own.Select(s => cached.GetValue(s, static source => new CachedSource(source)).ReadAsync(options.Value, time, cancellationToken)));
        return Suppressions.Of(silences.SelectMany(s => s), windows.For(tenant));
    }

    private sealed class CachedSource(IAlertSource source)
    {
        private sealed record Snapshot(IReadOnlyList<AlertSilence> Silences, DateTimeOffset AskedAt);

        private volatile Snapshot? last;

        public async Task<IReadOnlyList<AlertSilence>> ReadAsync(SuppressionOptions options, TimeProvider time, CancellationToken cancellationToken)
        {
            var now = time.GetUtcNow();
            if (last is { } fresh && now - fresh.AskedAt < options.CacheFor)
            {
                return fresh.Silences;
            }

            using var limit = new CancellationTokenSource(options.Timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            IReadOnlyList<AlertSilence> silences;
            try
            {
                silences = await source.ListSilencesAsync(both.Token);
            }
            catch (SourceException)
            {
                silences = last?.Silences ?? [];
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                silences = last?.Silences ?? [];
            }

            last = new Snapshot([.. silences.Where(s => s.EndsAt > now)], now);
            return last.Silences;
        }
    }
}
