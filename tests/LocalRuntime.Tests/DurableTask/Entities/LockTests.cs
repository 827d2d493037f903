using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

public sealed class LockTests
{
    private static readonly EntityInstanceId A = new("Counter", "a");
    private static readonly EntityInstanceId B = new("Counter", "b");
    private static readonly EntityInstanceId C = new("Counter", "c");

    [Fact]
    public async Task CriticalSection_AllowsTheOfficialRulesOnly()
    {
        var rules = new List<string>();
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Rules", async context =>
        {
            rules.Clear();
            var entities = context.Entities;
            Note("before", entities.InCriticalSection());
            await Refused<ArgumentException>("nothing", () => entities.LockEntitiesAsync());
            var asked = entities.LockEntitiesAsync(B, A, B);
            await Refused<InvalidOperationException>("call before grant", () => entities.CallEntityAsync(A, "get"));
            var section = await asked;
            Note("inside", entities.InCriticalSection(out var free));
            Note("free", string.Join(' ', free!));
            await Refused<InvalidOperationException>("nested", () => entities.LockEntitiesAsync(C));
            await Refused<InvalidOperationException>("other entity", () => entities.CallEntityAsync(C, "get"));
            await Refused<InvalidOperationException>("signal to a locked one", () => entities.SignalEntityAsync(A, "add", 1));
            await Refused<InvalidOperationException>("sub-orchestration", () => context.CallSubOrchestratorAsync("Add", "x"));
            var call = entities.CallEntityAsync<int>(A, "add", 1);
            await Refused<InvalidOperationException>("twice at once", () => entities.CallEntityAsync(A, "get"));
            entities.InCriticalSection(out free);
            Note("free during the call", string.Join(' ', free!));
            Note("call", await call);
            await entities.SignalEntityAsync(C, "add", 1);
            Note("activity", await context.CallActivityAsync<int>("Add", 1));
            Note("again", await entities.CallEntityAsync<int>(A, "add", 1));
            await section.DisposeAsync();
            await section.DisposeAsync();
            Note("after", entities.InCriticalSection());
            Note("unlocked", await entities.CallEntityAsync<int>(A, "add", 1));
            return rules.ToList();

            void Note(string what, object value) => rules.Add($"{what}: {value}");

            async Task Refused<T>(string what, Func<Task> act)
                where T : Exception
            {
                try
                {
                    await act();
                    Note(what, "allowed");
                }
                catch (T)
                {
                    Note(what, "refused");
                }
            }
        }));

        Assert.Equal(
            [
                "before: False", "nothing: refused", "call before grant: refused", "inside: True", "free: @counter@a @counter@b", "nested: refused",
                "other entity: refused", "signal to a locked one: refused", "sub-orchestration: refused", "twice at once: refused",
                "free during the call: @counter@b", "call: 1", "activity: 2", "again: 2", "after: False", "unlocked: 3",
            ],
            await host.ResultAsync<List<string>>("Rules"));
        Assert.Equal(0, host.Engine.Locks());
    }

    [Fact]
    public async Task LockedEntity_HoldsBackOthersUntilItIsReleased()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Hold", async context =>
        {
            await using (await context.Entities.LockEntitiesAsync(A))
            {
                context.SetCustomStatus("locked");
                await context.WaitForExternalEvent<string>("go");
                return await context.Entities.CallEntityAsync<int>(A, "get");
            }
        }));
        var holder = await host.ScheduleAsync("Hold");
        await host.UntilStatusAsync(holder, "locked");
        await host.Engine.SignalAsync(A, "add", 10);
        var other = await host.ScheduleAsync("Add", "a");
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Waiting() == 2));

        var listed = Assert.Single(await host.Engine.ListAsync(new() { IncludeTransient = true }));
        Assert.Equal((A, holder, 2, false), (listed.Id, listed.LockedBy, listed.BacklogQueueSize, listed.IncludesState));
        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM instances WHERE execution = 0 AND pending = 1")));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(holder, "go", "on", DurableHost.Cancellation);

        Assert.Equal(0, (await host.EndAsync(holder)).ReadOutputAs<int>());
        Assert.Equal(11, (await host.EndAsync(other)).ReadOutputAs<int>());
        Assert.Equal(11, await host.Engine.StateAsync<int>(A));
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("renew")]
    public async Task Execution_ThatEndsInsideASection_ReleasesItsLocks(string how)
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Leave", async context =>
        {
            if (context.GetInput<string>() == "renewed")
            {
                return await context.Entities.CallEntityAsync<int>(A, "add", 1);
            }

            await context.Entities.LockEntitiesAsync(A, B);
            await context.Entities.CallEntityAsync<int>(A, "add", 1);
            if (how == "renew")
            {
                context.ContinueAsNew("renewed");
            }

            return how == "fail" ? throw new InvalidDataException("failed inside") : 0;
        }));

        await host.RunAsync("Leave", how);

        Assert.Equal(how == "renew" ? 3 : 2, await host.ResultAsync<int>("Add", "a"));
        Assert.Equal(1, await host.ResultAsync<int>("Add", "b"));
        Assert.Equal(0, host.Engine.Locks());
    }

    [Fact]
    public async Task Termination_ReleasesWhatIsHeldAndWithdrawsWhatIsAsked()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Hold", async context =>
        {
            await using var section = await context.Entities.LockEntitiesAsync([.. context.GetInput<string[]>()!.Select(EntityInstanceId.FromString)]);
            context.SetCustomStatus("locked");
            await context.WaitForExternalEvent<string>("go");
        }));
        var first = await host.ScheduleAsync("Hold", new[] { $"{B}" });
        await host.UntilStatusAsync(first, "locked");

        // Gets A and waits for B.
        var second = await host.ScheduleAsync("Hold", new[] { $"{A}", $"{B}" });
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Locks() == 2));
        await host.Client.TerminateInstanceAsync(second, DurableHost.Cancellation);
        await host.EndAsync(second);
        Assert.Equal(1, await host.ResultAsync<int>("Add", "a"));
        await host.Client.TerminateInstanceAsync(first, DurableHost.Cancellation);
        await host.EndAsync(first);

        Assert.Equal(1, await host.ResultAsync<int>("Add", "b"));
        Assert.Equal((0L, 0L), (host.Engine.Locks(), host.Engine.Waiting()));
    }

    [Fact]
    public async Task LocksInAnyOrder_OfManyOrchestrations_NeverBlockEachOther()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Both", async context =>
        {
            EntityInstanceId[] ids = [.. context.GetInput<string[]>()!.Select(EntityInstanceId.FromString)];
            await using (await context.Entities.LockEntitiesAsync(ids))
            {
                var values = await Task.WhenAll(ids.Select(id => context.Entities.CallEntityAsync<int>(id, "get")));
                await Task.WhenAll(ids.Select((id, i) => context.Entities.CallEntityAsync<int>(id, "add", 1)));
                return values.Distinct().Count();
            }
        }));
        string[][] orders = [[$"{A}", $"{B}", $"{C}"], [$"{C}", $"{B}", $"{A}"], [$"{B}", $"{C}", $"{A}"]];

        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.ResultAsync<int>("Both", orders[i % 3])));

        // Nobody saw the work of another half done.
        Assert.All(results, distinct => Assert.Equal(1, distinct));
        Assert.Equal(60, await host.Engine.StateAsync<int>(C));
    }
}
