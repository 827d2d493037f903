using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tests.Governance.Audit;

public sealed class AuditTrailTests
{
    private readonly AuditWorld world = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_SecretsAndControlCharacters_DoNotReachTheStore()
    {
        var token = "ghp_" + string.Concat(Enumerable.Range(0, 36).Select(i => (char)('a' + i * 7 % 26)));
        await using var process = world.Process();
        await process.GetRequiredService<IAuditTrail>().RecordAsync(
            AuditWorld.Event() with
            {
                Target = $"call {token}\r\nX-Injected: 1\u0000",
                Details = new Dictionary<string, string> { ["password"] = "hunter2secret", ["url"] = $"https://u:{token}@host/", ["half"] = "a\ud800b", ["long"] = new string('x', 100_000) },
            },
            Stop);

        var stored = JsonSerializer.Serialize(world.Records.All(AuditWorld.Tenant));
        Assert.DoesNotContain(token, stored, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", stored, StringComparison.Ordinal);
        var record = world.Records.All(AuditWorld.Tenant).Single(r => r.Sequence == 2);
        Assert.DoesNotContain(record.Target, char.IsControl);
        Assert.Equal(AuditText.MaxDetailValue, record.Details["long"].Length);
        Assert.Empty(await world.FaultsAsync());
    }

    [Fact]
    public async Task Record_ManyCallsWhileAWriteIsOnItsWay_ShareTheNextOne()
    {
        var calls = 0;
        var gate = new TaskCompletionSource();
        world.Records.Faults.BeforeWrite = () => Interlocked.Increment(ref calls) == 1 ? gate.Task : Task.CompletedTask;
        await using var process = world.Process();
        var all = AuditWorld.RecordAsync(process, 101);
        Assert.False(all.IsCompleted);
        gate.SetResult();
        await all;

        Assert.Equal(2, calls);
        Assert.Equal(102, world.Records.All(AuditWorld.Tenant).Count);
        Assert.Single(world.Records.All(AuditWorld.Tenant).Select(r => r.Writer).Distinct());
    }

    [Fact]
    public async Task Record_StoreDown_TellsTheCallerAndGoesOnInANewChain()
    {
        await using var process = world.Process();
        await AuditWorld.RecordAsync(process);
        world.Records.Faults.Unavailable = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AuditWorld.RecordAsync(process));
        world.Records.Faults.Unavailable = false;
        await AuditWorld.RecordAsync(process);

        Assert.Equal(2, world.Records.All(AuditWorld.Tenant).Select(r => r.Writer).Distinct().Count());
        Assert.Empty(await world.FaultsAsync());
    }

    [Theory]
    [InlineData("Tool.Call")]
    [InlineData("")]
    [InlineData("a b")]
    public async Task Record_ActionOfAnotherForm_IsRefused(string action)
    {
        await using var process = world.Process();
        await Assert.ThrowsAsync<ArgumentException>(() => process.GetRequiredService<IAuditTrail>().RecordAsync(AuditWorld.Event(action), Stop));
    }

    [Fact]
    public async Task Anchor_SeveralProcessesAtOnce_NumbersWithoutGapsAndNothingTwice()
    {
        var processes = Enumerable.Range(0, 6).Select(_ => world.Process()).ToList();
        await Task.WhenAll(processes.Select(p => AuditWorld.RecordAsync(p, 3)));
        await Task.WhenAll(processes.Select(AuditWorld.AnchorAsync));

        var anchors = world.Anchors.All(AuditWorld.Tenant);
        Assert.Equal(Enumerable.Range(1, anchors.Count).Select(n => (long)n), anchors.Select(a => a.Number));
        Assert.Equal(6, anchors[^1].Heads.Count);
        Assert.Null(await AuditWorld.AnchorAsync(processes[0]));
        Assert.Empty(await world.FaultsAsync());
        processes.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task List_FiltersAndPages_NewestFirst()
    {
        await using var process = world.Process();
        for (var i = 0; i < 5; i++)
        {
            await process.GetRequiredService<IAuditTrail>().RecordAsync(AuditWorld.Event(actor: i % 2 == 0 ? "token:a" : "token:b"), Stop);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var list = process.GetRequiredService<ListAudit>();
        var first = await list.ListAsync(AuditWorld.Tenant, new AuditFilter { Actor = "token:a", Action = "tool.call" }, 2, null, Stop);
        var second = await list.ListAsync(AuditWorld.Tenant, new AuditFilter { Actor = "token:a", Action = "tool.call" }, 2, first.ContinuationToken, Stop);
        var exported = new List<AuditRecord>();
        await foreach (var record in list.ExportAsync(AuditWorld.Tenant, new AuditFilter { Actor = "token:a" }, Stop))
        {
            exported.Add(record);
        }

        Assert.Equal([6, 4, 2], first.Items.Concat(second.Items).Select(r => r.Sequence));
        Assert.Equal([2, 4, 6], exported.Select(r => r.Sequence));
    }
}
