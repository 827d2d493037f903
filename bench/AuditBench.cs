using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>Durable audit records per second with one and with sixteen callers, and how fast the trail is verified.</summary>
internal static class AuditBench
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        using var state = new ScratchDirectory();
        await using var services = new ServiceCollection()
            .AddLogging().AddSqliteStore(o => o.Directory = state.Path).AddDocuments(AuditRecord.Type).AddDocuments(AuditAnchor.Type)
            .AddAuditTrail(o => o.Key = Convert.ToBase64String(new byte[32])).BuildServiceProvider();
        var trail = services.GetRequiredService<IAuditTrail>();
        await RecordAsync(trail, 16, TimeSpan.FromSeconds(2), cancellationToken);
        foreach (var callers in new[] { 1, 16 })
        {
            var samples = await RecordAsync(trail, callers, Length, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {callers,2} callers: {samples.Count / Length.TotalSeconds:0} records/s, {samples}"));
        }

        var began = Stopwatch.GetTimestamp();
        var report = await services.GetRequiredService<VerifyAudit>().VerifyAsync("default", cancellationToken);
        var rate = report.Records / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  verification: {report.Records} records, {rate:0} records/s, {report.Findings.Count} findings"));
    }

    private static async Task<Samples> RecordAsync(IAuditTrail trail, int callers, TimeSpan length, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(n => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(began) < length)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await trail.RecordAsync(Event(n), cancellationToken);
                    samples.AddSince(sent);
                }
            },
            cancellationToken)));
        return samples;
    }

    private static AuditEvent Event(int caller) => new()
    {
        Tenant = "default",
        Actor = $"token:{caller}",
        ActorKind = "machine",
        From = "127.0.0.1",
        CorrelationId = "4bf92f3577b34da6a3ce929d0e0e4736",
        Action = AuditActions.ToolCall,
        Target = "query_metrics",
        Details = new Dictionary<string, string> { ["query"] = "sum by (service) (rate(http_requests_total{status=~\"5..\"}[5m]))", ["result"] = "success" },
    };
}
