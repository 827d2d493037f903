using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>What the limiter costs a request: on a hot key over the embedded store, leases included, on keys used once, and refused.</summary>
internal static class LimitsBench
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        using var state = new ScratchDirectory();
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddSqliteStore(options => options.Directory = state.Path).AddDocuments(LimitBucket.Type).BuildServiceProvider();
        var limiter = new RateLimiter(
            services.GetRequiredService<IDocuments<LimitBucket>>(), Options.Create(new RateLimiterOptions()), TimeProvider.System, NullLogger<RateLimiter>.Instance);
        var wide = new RateLimit { Name = "wide", Permits = 1_000_000_000 };
        var tenant = new RateLimit { Name = "tenant", Permits = 6_000_000 };
        var narrow = new RateLimit { Name = "narrow", Permits = 10 };
        foreach (var callers in new[] { 1, 16 })
        {
            await MeasureAsync($"hot key, {callers,2} at once, leases of {wide.Lease}", callers, _ => limiter.TakeAsync(wide, "t", "hot", 1, cancellationToken));
            await MeasureAsync($"refused,  {callers,2} at once", callers, _ => limiter.TakeAsync(narrow, "t", "shut", 1, cancellationToken));
            await MeasureAsync($"100 keys, {callers,2} at once, leases of {tenant.Lease}", callers, i => limiter.TakeAsync(tenant, "t", $"key {i % 100}", 1, cancellationToken));
            await MeasureAsync($"new keys, {callers,2} at once, a store write each", callers, i => limiter.TakeAsync(narrow, "t", $"new {callers} {i}", 1, cancellationToken));
        }
    }

    private static async Task MeasureAsync(string name, int callers, Func<int, ValueTask<LimitDecision>> take)
    {
        var next = 0;
        var granted = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < Length)
            {
                for (var i = 0; i < 10; i++)
                {
                    if ((await take(Interlocked.Increment(ref next))).Granted)
                    {
                        Interlocked.Increment(ref granted);
                    }
                }
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: {next / elapsed.TotalSeconds:0} a second, {elapsed.TotalMicroseconds * Math.Min(callers, Environment.ProcessorCount) / next:0.00} µs of a core each ({granted} granted)"));
    }
}
