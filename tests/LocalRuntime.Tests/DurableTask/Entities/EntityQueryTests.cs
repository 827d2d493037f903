using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Client.Entities;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

public sealed class EntityQueryTests
{
    private static CancellationToken Stop => DurableHost.Cancellation;

    [Fact]
    public async Task List_FiltersByIdAndState_AndPages()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());
        for (var i = 0; i < 5; i++)
        {
            await host.Engine.SignalAsync(new EntityInstanceId("counter", $"k{i}"), "add", i);
        }

        await host.Engine.SignalAsync(new EntityInstanceId("Log", "K"), "write", "x");
        await host.Engine.SignalAsync(new EntityInstanceId("Log", "gone"), "clear");
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Waiting() == 0));

        Assert.Equal(["@counter@k0", "@counter@k1", "@counter@k2", "@counter@k3", "@counter@k4", "@log@K"], await IdsAsync(host, new EntityQuery()));
        Assert.Equal(["@log@K"], await IdsAsync(host, new EntityQuery { InstanceIdStartsWith = "LO" }));
        Assert.Equal(["@counter@k3"], await IdsAsync(host, new EntityQuery { InstanceIdStartsWith = "@Counter@k3" }));
        Assert.Empty(await IdsAsync(host, new EntityQuery { InstanceIdStartsWith = "log@k" }));
        Assert.Empty(await IdsAsync(host, new EntityQuery { InstanceIdStartsWith = "count@" }));
        Assert.Contains("@log@gone", await IdsAsync(host, new EntityQuery { IncludeTransient = true }));
        var pages = await host.Client.Entities.GetAllEntitiesAsync<int>(new EntityQuery { PageSize = 2, InstanceIdStartsWith = "counter" })
            .AsPages().ToListAsync(Stop);
        Assert.Equal([2, 2, 1], pages.Select(page => page.Values.Count));
        Assert.Equal([0, 1, 2, 3, 4], pages.SelectMany(page => page.Values).Select(entity => entity.State));
        Assert.Equal(
            ["@counter@k4"],
            await IdsAsync(host, new EntityQuery { ContinuationToken = pages[1].ContinuationToken, InstanceIdStartsWith = "counter" }));
        Assert.All(await host.Engine.ListAsync(new EntityQuery { IncludeState = false }), entity => Assert.False(entity.IncludesState));
    }

    [Fact]
    public async Task List_ByTheTimeOfTheLastOperation_FindsWhatWasChangedThen()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities(), options => options.Time = time);
        var (early, late) = (new EntityInstanceId("counter", "early"), new EntityInstanceId("counter", "late"));
        await host.Engine.SignalAsync(early, "add", 1);
        await host.Engine.SignalAsync(late, "add", 1);
        await host.Engine.UntilStateAsync(early, 1);
        await host.Engine.UntilStateAsync(late, 1);
        time.Advance(TimeSpan.FromHours(1));
        await host.Engine.SignalAsync(late, "add", 1);
        await host.Engine.UntilStateAsync(late, 2);

        Assert.Equal(["@counter@late"], await IdsAsync(host, new EntityQuery { LastModifiedFrom = time.GetUtcNow() }));
        Assert.Equal(["@counter@early"], await IdsAsync(host, new EntityQuery { LastModifiedTo = time.GetUtcNow().AddMinutes(-1) }));
        Assert.Equal(time.GetUtcNow(), (await host.Engine.FindAsync(late))!.LastModifiedTime);
    }

    [Fact]
    public async Task Get_OfAnEntity_HasItsStateUnlessThereIsNone()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());
        var id = new EntityInstanceId("log", "one");
        Assert.Null(await host.Engine.FindAsync(id));
        await host.Engine.SignalAsync(id, "write", "x");
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(id) is not null);

        Assert.Equal(["x"], (await host.Engine.FindAsync(id))!.State.ReadAs<List<string>>());
        Assert.False((await host.Client.Entities.GetEntityAsync(id, includeState: false, Stop))!.IncludesState);
        await host.Engine.SignalAsync(id, "CLEAR");
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(id) is null);
        await host.Engine.SignalAsync(id, "write", "anew");
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(id) is not null);
        Assert.Equal(["anew"], await host.Engine.StateAsync<List<string>>(id));
        await host.Engine.SignalAsync(id, "delete");
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(id) is null);
    }

    [Fact]
    public async Task Entities_AreNoOrchestrations()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Child", context =>
            context.CallSubOrchestratorAsync("Note", "x", new SubOrchestrationOptions { InstanceId = "@log@one" })));
        var id = new EntityInstanceId("log", "one");
        await host.Engine.SignalAsync(id, "write", "x");
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(id) is not null);
        await host.RunAsync("Note", "y");

        var all = await host.Client.GetAllInstancesAsync().ToListAsync(Stop);
        Assert.Equal(["Note"], all.Select(instance => instance.Name));
        Assert.Single((await host.Client.ListInstanceIdsAsync(cancellation: Stop)).Values);
        Assert.Null(await host.Client.GetInstanceAsync($"{id}", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync($"{id}", "x", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.TerminateInstanceAsync($"{id}", Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => host.ScheduleAsync("Note", "x", new StartOrchestrationOptions($"{id}")));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Child")).RuntimeStatus);
        Assert.Equal(2, (await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), Stop)).PurgedInstanceCount);
        Assert.Contains("x", (await host.Engine.StateAsync<List<string>>(id))!);
        await DurableHost.UntilAsync(async () => (await host.Client.PurgeInstanceAsync($"{id}", Stop)).PurgedInstanceCount == 1);
        Assert.Empty(await host.Engine.ListAsync(new EntityQuery { InstanceIdStartsWith = "log@one", IncludeTransient = true }));
    }

    [Fact]
    public async Task Clean_RemovesEmptyEntitiesAndReleasesOrphanedLocks()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Hold", async context =>
        {
            await using var section = await context.Entities.LockEntitiesAsync(new EntityInstanceId("log", "held"));
            context.SetCustomStatus("locked");
            await context.WaitForExternalEvent<string>("go");
        }));
        var holder = await host.ScheduleAsync("Hold");
        await host.UntilStatusAsync(holder, "locked");
        for (var i = 0; i < 450; i++)
        {
            await host.Engine.SignalAsync(new EntityInstanceId("log", $"empty{i}"), "clear");
        }

        var kept = new EntityInstanceId("log", "kept");
        await host.Engine.SignalAsync(kept, "write", "x");
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Waiting() == 0));

        // No orchestration leaves a lock behind, so one of an instance that never was is put there by hand.
        await host.Engine.Store.WriteAsync(session => session.Execute("UPDATE entities SET lock_owner = 999999 WHERE state IS NOT NULL"));
        await host.Engine.SignalAsync(kept, "write", "y");
        var first = await host.Client.Entities.CleanEntityStorageAsync(CleanEntityStorageRequest.Default, continueUntilComplete: false, Stop);
        Assert.NotNull(first.ContinuationToken);
        var rest = await host.Client.Entities.CleanEntityStorageAsync(
            CleanEntityStorageRequest.Default with { ContinuationToken = first.ContinuationToken }, cancellation: Stop);

        Assert.Equal(450, first.EmptyEntitiesRemoved + rest.EmptyEntitiesRemoved);
        Assert.Equal(1, first.OrphanedLocksReleased + rest.OrphanedLocksReleased);
        Assert.Null(rest.ContinuationToken);
        await DurableHost.UntilAsync(async () => (await host.Engine.StateAsync<List<string>>(kept))?.Count == 2);
        Assert.Equal(["@log@held", "@log@kept"], await IdsAsync(host, new EntityQuery { IncludeTransient = true }));
    }

    private static async Task<List<string>> IdsAsync(DurableHost host, EntityQuery query) =>
        [.. (await host.Engine.ListAsync(query)).Select(entity => entity.Id.ToString())];
}
