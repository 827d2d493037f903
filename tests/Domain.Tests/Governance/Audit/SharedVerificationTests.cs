using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tests.Governance.Audit;

public sealed class SharedVerificationTests
{
    private readonly AuditWorld world = new();
    private int readings;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_ManyAtOnce_ReadTheTrailOnce()
    {
        await using var process = world.Process();
        await AuditWorld.RecordAsync(process, 3);
        var go = new TaskCompletionSource();
        world.Outside.Reading = () => Read(go.Task);
        var verification = process.GetRequiredService<SharedVerification>();
        using var impatient = new CancellationTokenSource();

        var left = verification.VerifyAsync(AuditWorld.Tenant, impatient.Token);
        var others = Enumerable.Range(0, 20).Select(_ => verification.VerifyAsync(AuditWorld.Tenant, Stop)).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        go.SetResult();
        var reports = await Task.WhenAll(others);

        Assert.Equal(1, readings);
        Assert.All(reports, report => Assert.Equal(world.Records.All(AuditWorld.Tenant).Count, report.Records));
    }

    [Fact]
    public async Task Verify_ReportOfTenSeconds_StandsForHundred()
    {
        await using var process = world.Process();
        await AuditWorld.RecordAsync(process, 3);
        var verification = process.GetRequiredService<SharedVerification>();
        world.Outside.Reading = () => Read(Task.CompletedTask, TimeSpan.FromSeconds(10));

        var first = await verification.VerifyAsync(AuditWorld.Tenant, Stop);
        await AuditWorld.RecordAsync(process, 2);
        world.Time.Advance(TimeSpan.FromSeconds(99));
        var again = await verification.VerifyAsync(AuditWorld.Tenant, Stop);
        world.Time.Advance(TimeSpan.FromSeconds(2));
        var later = await verification.VerifyAsync(AuditWorld.Tenant, Stop);

        Assert.Same(first, again);
        Assert.Equal(first.Records + 2, later.Records);
        Assert.Equal(2, readings);
    }

    [Fact]
    public async Task Verify_AfterAFailure_TriesAgain()
    {
        await using var process = world.Process();
        await AuditWorld.RecordAsync(process, 3);
        var verification = process.GetRequiredService<SharedVerification>();
        world.Outside.Reading = () => throw new StoreUnavailableException("gone");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => verification.VerifyAsync(AuditWorld.Tenant, Stop));
        world.Outside.Reading = () => Read(Task.CompletedTask);

        Assert.Empty((await verification.VerifyAsync(AuditWorld.Tenant, Stop)).Findings);
    }

    private async Task Read(Task until, TimeSpan takes = default)
    {
        Interlocked.Increment(ref readings);
        await until;
        world.Time.Advance(takes);
    }
}
