using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Uncommon uses of the client.</summary>
public sealed class ClientCaseTests
{
    [Fact]
    public async Task Query_EveryFilterAndPageSize_GivesTheSameInOrder()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        var began = time.GetUtcNow();
        var all = new List<(string Id, OrchestrationRuntimeStatus Status)>();
        for (var i = 0; i < 12; i++)
        {
            var (id, kind) = ($"{(i % 2 == 0 ? "job_%" : "job'é")}-{i}", i % 4);
            await host.ScheduleAsync(kind switch { 0 => "Quick", 1 => "Doomed", _ => "Wait" }, i, new StartOrchestrationOptions(id));
            var status = kind switch { 0 => OrchestrationRuntimeStatus.Completed, 1 => OrchestrationRuntimeStatus.Failed, 2 => OrchestrationRuntimeStatus.Running, _ => OrchestrationRuntimeStatus.Terminated };
            if (kind == 3)
            {
                await host.Client.TerminateInstanceAsync(id, DurableHost.Cancellation);
            }

            await host.UntilStatusAsync(id, status);
            all.Add((id, status));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        foreach (var size in (int[])[1, 5, 12, 100])
        {
            await ExpectAsync(new OrchestrationQuery(PageSize: size), _ => true);
            await ExpectAsync(new OrchestrationQuery(InstanceIdPrefix: "job_%", PageSize: size), i => i % 2 == 0);
            await ExpectAsync(new OrchestrationQuery(InstanceIdPrefix: "job'é-1", PageSize: size), i => i is 1 or 11);
            await ExpectAsync(new OrchestrationQuery(InstanceIdPrefix: "JOB", PageSize: size), _ => false);
            await ExpectAsync(new OrchestrationQuery(began.AddMinutes(3), began.AddMinutes(7), PageSize: size), i => i is >= 3 and <= 7);
            await ExpectAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Running], PageSize: size), i => i % 4 is 1 or 2);
            await ExpectAsync(new OrchestrationQuery(began.AddMinutes(4), null, [OrchestrationRuntimeStatus.Terminated], null, "job'é", size), i => i is 7 or 11);
            await ExpectAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Suspended], PageSize: size), _ => false);
        }

        async Task ExpectAsync(OrchestrationQuery query, Func<int, bool> matches)
        {
            var expected = all.Where((_, i) => matches(i)).ToList();
            var found = await host.Client.GetAllInstancesAsync(query).ToListAsync(DurableHost.Cancellation);
            Assert.Equal(expected, found.Select(instance => (instance.InstanceId, instance.RuntimeStatus)));
            Assert.All(found, instance => Assert.Throws<InvalidOperationException>(() => instance.ReadInputAs<int>()));
        }
    }

    [Fact]
    public async Task Query_ContinuedByTokenInANewQuery_GoesOnWhereItEnded()
    {
        await using var host = await StartAsync(TimeProvider.System);
        foreach (var i in Enumerable.Range(0, 5))
        {
            await host.ScheduleAsync("Quick", i, new StartOrchestrationOptions($"q{i}"));
            await host.EndAsync($"q{i}");
        }

        var query = new OrchestrationQuery(PageSize: 2);
        var first = await FirstAsync(host.Client.GetAllInstancesAsync(query).AsPages());
        var byQuery = await FirstAsync(host.Client.GetAllInstancesAsync(query with { ContinuationToken = first.ContinuationToken }).AsPages());
        var byPages = await FirstAsync(host.Client.GetAllInstancesAsync(query).AsPages(first.ContinuationToken, 3));

        Assert.Equal(["q0", "q1"], first.Values.Select(instance => instance.InstanceId));
        Assert.Equal(["q2", "q3"], byQuery.Values.Select(instance => instance.InstanceId));
        Assert.Equal(["q2", "q3", "q4"], byPages.Values.Select(instance => instance.InstanceId));

        static async Task<Page<OrchestrationMetadata>> FirstAsync(IAsyncEnumerable<Page<OrchestrationMetadata>> pages) =>
            await pages.FirstAsync(DurableHost.Cancellation);
    }

    [Fact]
    public async Task ReusedId_NothingOfTheOldInstanceShows()
    {
        await using var host = await StartAsync(TimeProvider.System);
        var tags = new Dictionary<string, string> { ["old"] = "1" };
        await host.ScheduleAsync("Doomed", "old input", new StartOrchestrationOptions("same") { Tags = tags, Version = "1.0" });
        await host.EndAsync("same");
        await host.ScheduleAsync("Quick", 4, new StartOrchestrationOptions("same"));

        var end = await host.EndAsync("same");
        Assert.Equal((OrchestrationRuntimeStatus.Completed, "Quick", 4), (end.RuntimeStatus, end.Name, end.ReadOutputAs<int>()));
        Assert.Null(end.FailureDetails);
        Assert.Null(end.SerializedCustomStatus);
        Assert.Empty(end.Tags);
        Assert.Equal("", host.Engine.Store.Load("same")!.Version);
    }

    [Fact]
    public async Task CancelledToken_EachCall_DoesNothing()
    {
        await using var host = await StartAsync(TimeProvider.System);
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("done"));
        await host.EndAsync("done");
        var (client, cancelled) = (host.Client, new CancellationToken(true));
        foreach (var call in (Func<Task>[])
        [
            () => client.ScheduleNewOrchestrationInstanceAsync("Quick", cancelled),
            () => client.RaiseEventAsync("done", "e", cancelled),
            () => client.WaitForInstanceStartAsync("done", cancelled),
            () => client.WaitForInstanceCompletionAsync("done", cancelled),
            () => client.GetInstanceAsync("done", cancelled),
            () => client.SuspendInstanceAsync("done", cancelled),
            () => client.ResumeInstanceAsync("done", cancelled),
            () => client.TerminateInstanceAsync("done", cancelled),
            () => client.RestartAsync("done", true, cancelled),
            () => client.RewindInstanceAsync("done", "why", cancelled),
            () => client.PurgeInstanceAsync("done", cancelled),
            () => client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), cancelled),
            () => client.GetAllInstancesAsync().ToListAsync(cancelled).AsTask(),
        ])
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        }

        Assert.Single(await client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation));
    }

    [Fact]
    public async Task WaitForStart_DelayedInstance_ReturnsWhenItRuns()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        await host.ScheduleAsync("Wait", "in", new StartOrchestrationOptions("later", time.GetUtcNow().AddMinutes(5)));
        var waiting = host.Client.WaitForInstanceStartAsync("later", true, DurableHost.Cancellation);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(6));

        var started = await waiting.WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        Assert.Equal((OrchestrationRuntimeStatus.Running, "in"), (started.RuntimeStatus, started.ReadInputAs<string>()));
        Assert.True(started.IsRunning);
    }

    [Fact]
    public async Task StartAt_InThePastOrAnotherOffset_IsThatInstant()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(time);
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("past", time.GetUtcNow().AddDays(-3)));
        await host.EndAsync("past");
        await host.ScheduleAsync("Quick", 2, new StartOrchestrationOptions("offset", time.GetUtcNow().AddHours(1).ToOffset(TimeSpan.FromHours(9))));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, host.Engine.Store.Load("offset")!.Status);
        time.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal(2, (await host.EndAsync("offset")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData("ünïcode-☂-😀")]
    [InlineData("with 'quotes' \"and\" %_\\/#?")]
    [InlineData(" spaces and\ttabs ")]
    [InlineData("long")]
    public async Task InstanceIds_OfManyKinds_WorkEverywhere(string text)
    {
        var id = text == "long" ? new string('x', 5_000) : text;
        await using var host = await StartAsync(TimeProvider.System);
        await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions(id));
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal("on", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(id, Assert.Single(await host.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: id[..4])).ToListAsync(DurableHost.Cancellation)).InstanceId);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync(id, DurableHost.Cancellation)).PurgedInstanceCount);
    }

    [Fact]
    public async Task InstanceIds_EmptyOrAnEntitys_AreMadeAndRefused()
    {
        await using var host = await StartAsync(TimeProvider.System);
        var made = await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions(""));

        Assert.True(Guid.TryParseExact(made, "N", out _), made);
        await Assert.ThrowsAsync<ArgumentException>(() => host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("@counter@one")));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync("", "e", null, DurableHost.Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RaiseEventAsync(made, "", null, DurableHost.Cancellation));
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("nobody", DurableHost.Cancellation)).PurgedInstanceCount);
    }

    [Fact]
    public async Task DedupeStatuses_AllOfThem_RefuseWhateverIsThere()
    {
        await using var host = await StartAsync(TimeProvider.System);
        var options = new StartOrchestrationOptions("one").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        await host.ScheduleAsync("Quick", 1, options);
        await host.EndAsync("one");

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.ScheduleAsync("Quick", 2, options));
        await Assert.ThrowsAsync<ArgumentException>(() => host.ScheduleAsync("Quick", 3, options with { DedupeStatuses = ["Bogus"] }));
        Assert.Equal(1, (await host.EndAsync("one")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task PurgeAll_Recursive_TakesChildrenThatTheFilterDoesNotName()
    {
        await using var host = await StartAsync(TimeProvider.System);
        await host.ScheduleAsync("Parent", null, new StartOrchestrationOptions("mum"));
        await host.EndAsync("mum");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync("kid")).RuntimeStatus);

        var result = await host.Client.PurgeAllInstancesAsync(
            new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]), new PurgeInstanceOptions(Recursive: true), DurableHost.Cancellation);

        Assert.Equal(2, result.PurgedInstanceCount);
        Assert.Empty(await host.Client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation));
    }

    private static Task<DurableHost> StartAsync(TimeProvider time) => DurableHost.StartAsync(
        functions => functions
            .Orchestrator("Quick", context => Task.FromResult(context.GetInput<int>()))
            .Orchestrator("Doomed", context =>
            {
                context.SetCustomStatus("doomed");
                return context.CallActivityAsync("Fail", "x");
            })
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .Orchestrator("Parent", async context =>
            {
                try
                {
                    await context.CallSubOrchestratorAsync("Doomed", null, new SubOrchestrationOptions(instanceId: "kid"));
                }
                catch (TaskFailedException)
                {
                    // The parent completes though its child failed.
                }
            }),
        options => options.Time = time);
}
