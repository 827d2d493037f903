using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

public sealed class ScheduledSignalTests
{
    private static readonly EntityInstanceId Log = new("Log", "timed");

    [Fact]
    public async Task Signal_WithATime_ComesThenAndInTheOrderOfTimes()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities(), options => options.Time = time);
        await host.Engine.SignalAsync(Log, "write", "two hours", time.GetUtcNow().AddHours(2));
        await host.Engine.SignalAsync(Log, "write", "one hour", time.GetUtcNow().AddHours(1));
        await host.Engine.SignalAsync(Log, "write", "past", time.GetUtcNow().AddHours(-1));
        await host.Engine.SignalAsync(Log, "write", "now");
        await UntilAsync(host, "past", "now");

        time.Advance(TimeSpan.FromMinutes(59));
        await host.Engine.SignalAsync(Log, "write", "59 minutes");
        await UntilAsync(host, "past", "now", "59 minutes");
        time.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(host, "past", "now", "59 minutes", "one hour");
        time.Advance(TimeSpan.FromDays(1));
        await UntilAsync(host, "past", "now", "59 minutes", "one hour", "two hours");

        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")));
    }

    [Fact]
    public async Task Signals_ThatCameDueWhileNothingRan_ComeInTheOrderOfTheirTimes()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities(), options => options.Time = time);
        foreach (var minutes in new[] { 3, 1, 2 })
        {
            await host.Engine.SignalAsync(Log, "write", $"{minutes}", time.GetUtcNow().AddMinutes(minutes));
        }

        await host.Engine.DisposeAsync();
        time.Advance(TimeSpan.FromHours(1));
        await host.RestartAsync(options => options.Time = time);

        await UntilAsync(host, "1", "2", "3");
    }

    [Fact]
    public async Task SignalWithATime_OfAnOrchestratorAndOfAnEntity_ComesThen()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.AddEntities()
                .Entity("Relay", operation =>
                {
                    operation.Context.SignalEntity(Log, "write", "of an entity", new SignalEntityOptions { SignalTime = time.GetUtcNow().AddHours(1) });
                    return default;
                })
                .Orchestrator("Later", async context =>
                {
                    await context.Entities.SignalEntityAsync(Log, "write", "of an orchestrator", new DateTimeOffset(context.CurrentUtcDateTime).AddHours(2));
                    await context.Entities.CallEntityAsync(new EntityInstanceId("relay", "1"), "go");
                }),
            options => options.Time = time);
        await host.RunAsync("Later");
        await host.Engine.SignalAsync(Log, "write", "now");
        await UntilAsync(host, "now");

        time.Advance(TimeSpan.FromHours(1));
        await UntilAsync(host, "now", "of an entity");
        time.Advance(TimeSpan.FromHours(1));

        await UntilAsync(host, "now", "of an entity", "of an orchestrator");
    }

    [Fact]
    public async Task SignalWithATime_ToALockedEntity_ComesAfterTheRelease()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.AddEntities().Orchestrator("Hold", async context =>
            {
                await using (await context.Entities.LockEntitiesAsync(Log))
                {
                    context.SetCustomStatus("locked");
                    await context.WaitForExternalEvent<string>("go");
                    await context.Entities.CallEntityAsync(Log, "write", "holder");
                }
            }),
            options => options.Time = time);
        var holder = await host.ScheduleAsync("Hold");
        await host.UntilStatusAsync(holder, "locked");
        await host.Engine.SignalAsync(Log, "write", "timed", time.GetUtcNow().AddHours(1));

        time.Advance(TimeSpan.FromHours(2));
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")) is 0L));
        await host.Client.RaiseEventAsync(holder, "go", "on", DurableHost.Cancellation);

        await UntilAsync(host, "holder", "timed");
    }

    private static Task UntilAsync(DurableHost host, params string[] texts) =>
        DurableHost.UntilAsync(async () => (await host.Engine.StateAsync<List<string>>(Log))?.SequenceEqual(texts) == true);
}
