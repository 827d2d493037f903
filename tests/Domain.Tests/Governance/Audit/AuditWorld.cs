using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Audit;

/// <summary>A trail on a store in memory; processes come and go, and somebody may write the store behind their backs.</summary>
internal sealed class AuditWorld
{
    public const string Tenant = "default";
    public static readonly string Key = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    public static readonly string OtherKey = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());

    public AuditWorld()
    {
        Records = new(AuditRecord.Type, null, Time);
        Anchors = new(AuditAnchor.Type, null, Time);
    }

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));

    public InMemoryDocuments<AuditRecord> Records { get; }

    public InMemoryDocuments<AuditAnchor> Anchors { get; }

    public MemorySink Outside { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A process of its own: its chains are its own.</summary>
    public ServiceProvider Process(string? key = null, params string[] previous) => new ServiceCollection()
        .AddLogging().AddSingleton<TimeProvider>(Time)
        .AddSingleton<IDocuments<AuditRecord>>(Records).AddSingleton<IDocuments<AuditAnchor>>(Anchors).AddSingleton<IAuditAnchorSink>(Outside)
        .AddAuditTrail(o => (o.Key, o.PreviousKeys, o.RetentionDays) = (key == "" ? null : key ?? Key, previous, 400))
        .BuildServiceProvider();

    public static AuditEvent Event(string action = "tool.call", string actor = "token:reader") => new()
    {
        Tenant = Tenant,
        Actor = actor,
        Action = action,
        Target = "query_metrics",
        Details = new Dictionary<string, string> { ["query"] = "up", ["rows"] = "3" },
    };

    public static Task RecordAsync(IServiceProvider process, int count = 1) => Task.WhenAll(
        Enumerable.Range(0, count).Select(_ => process.GetRequiredService<IAuditTrail>().RecordAsync(Event(), Stop)));

    public static Task<AuditAnchor?> AnchorAsync(IServiceProvider process) => process.GetRequiredService<AnchorAudit>().AnchorAllAsync(Tenant, Stop);

    public Task<AuditReport> VerifyAsync(string? key = null, params string[] previous) => Process(key, previous).GetRequiredService<VerifyAudit>().VerifyAsync(Tenant, Stop);

    public async Task<IReadOnlyList<AuditFault>> FaultsAsync() => [.. (await VerifyAsync()).Findings.Select(f => f.Fault).Distinct()];

    public Task PutAsync(string id, AuditRecord record) => Records.WriteAsync(Tenant, DocumentWrite<AuditRecord>.Upsert(id, record), Stop);

    public Task RemoveAsync(string id) => Records.DeleteAsync(Tenant, id, null, Stop);

    internal sealed class MemorySink : IAuditAnchorSink
    {
        public List<string> Lines { get; } = [];

        /// <summary>What happens while a verification reads.</summary>
        public Func<Task> Reading { get; set; } = () => Task.CompletedTask;

        public Task AppendAsync(AuditAnchor anchor, CancellationToken cancellationToken)
        {
            lock (Lines)
            {
                Lines.Add(JsonSerializer.Serialize(anchor, NightwatchJson.Options));
            }

            return Task.CompletedTask;
        }

        public async IAsyncEnumerable<OutsideAnchor> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Reading();
            foreach (var line in Lines.ToList())
            {
                yield return new OutsideAnchor("memory", JsonSerializer.Deserialize<AuditAnchor>(line, NightwatchJson.Options));
            }
        }
    }
}
