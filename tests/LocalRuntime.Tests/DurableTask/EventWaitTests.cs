using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Who gets which event when several wait, give up, or start over.</summary>
public sealed class EventWaitTests
{
    [Fact]
    public async Task ContinueAsNew_EventForAWaitLeftBehind_IsTheNextRuns()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Either", async context =>
        {
            var seen = context.GetInput<string>();
            var (a, b) = (context.WaitForExternalEvent<string>("a"), context.WaitForExternalEvent<string>("b"));
            seen += await await Task.WhenAny(a, b);
            if (seen.Length < 4)
            {
                context.ContinueAsNew(seen);
            }

            return seen;
        }));
        var id = await host.ScheduleAsync("Either", "");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.TogetherAsync(async client =>
        {
            foreach (var name in (string[])["a", "b", "b", "a"])
            {
                await client.RaiseEventAsync(id, name, name, DurableHost.Cancellation);
            }
        });

        Assert.Equal("abba", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ContinueAsNew_NotPreserving_DropsWhatCameBeforeTheCallOnly()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Forget", async context =>
        {
            if (context.GetInput<bool>())
            {
                return await context.WaitForExternalEvent<string>("word");
            }

            await context.WaitForExternalEvent<string>("go");
            context.ContinueAsNew(true, preserveUnprocessedEvents: false);
            return "";
        }));
        var id = await host.ScheduleAsync("Forget", false);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.TogetherAsync(async client =>
        {
            await client.RaiseEventAsync(id, "word", "before", DurableHost.Cancellation);
            await client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);
            await client.RaiseEventAsync(id, "word", "after", DurableHost.Cancellation);
        });

        Assert.Equal("after", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ContinueAsNew_EventsWhileACallIsStillOpen_AreTheNextRuns(bool restart)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("Slow", async (_, value, cancellation) =>
            {
                await release.Task.WaitAsync(cancellation);
                return value;
            })
            .Orchestrator("Loop", async context =>
            {
                if (context.GetInput<int>() == 1)
                {
                    return await context.WaitForExternalEvent<string>("word");
                }

                _ = context.WaitForExternalEvent<string>("word");
                _ = context.CallActivityAsync<int>("Slow", 1);
                context.ContinueAsNew(1);
                return "";
            }), options => options.DrainTimeout = TimeSpan.FromMilliseconds(100));
        var id = await host.ScheduleAsync("Loop", 0);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync(id, "word", "kept", DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(!host.Engine.Store.Load(id)!.Pending));
        if (restart)
        {
            await host.RestartAsync();
        }

        release.SetResult();

        Assert.Equal("kept", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ContinueAsNew_InputChangedAfterTheCall_IsAsItWasAtTheCall()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Early", context =>
        {
            var list = context.GetInput<List<int>>()!;
            if (list.Count == 1)
            {
                list.Add(2);
                context.ContinueAsNew(list);
                list.Add(3);
            }

            return Task.FromResult(list);
        }));

        Assert.Equal([1, 2], await host.ResultAsync<List<int>>("Early", new List<int> { 1 }));
    }

    [Fact]
    public async Task ContinueAsNew_InputThatCannotBeWritten_ThrowsAtTheCall()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Wrong", context =>
        {
            try
            {
                context.ContinueAsNew(typeof(string));
                return Task.FromResult("went on");
            }
            catch (NotSupportedException)
            {
                return Task.FromResult("refused");
            }
        }));

        Assert.Equal("refused", await host.ResultAsync<string>("Wrong"));
    }

    [Fact]
    public async Task ContinueAsNew_CalledTwiceThenThrowing_LastCountsAndAFailureWins()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Twice", context =>
        {
            var round = context.GetInput<int>();
            if (round == 0)
            {
                context.ContinueAsNew(1);
                context.ContinueAsNew(5);
            }
            else
            {
                context.ContinueAsNew(9);
                throw new InvalidDataException($"round {round}");
            }

            return Task.FromResult(round);
        }));

        var end = await host.RunAsync("Twice", 0);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("round 5", end.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task ContinueAsNew_ChildOfAParent_KeepsItsParentTagsAndId()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", context =>
            {
                var round = context.GetInput<int>();
                if (round < 3)
                {
                    context.ContinueAsNew(round + 1);
                }

                return Task.FromResult($"{round} {context.Parent!.Name} {context.Parent.InstanceId} {context.InstanceId}");
            })
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", 0, new SubOrchestrationOptions(instanceId: "kid") { Tags = new Dictionary<string, string> { ["who"] = "kid", ["shift"] = "day" } })));
        var tags = new Dictionary<string, string> { ["team"] = "ops", ["shift"] = "night" };
        await host.ScheduleAsync("Parent", null, new StartOrchestrationOptions("mum") { Tags = tags });

        Assert.Equal("3 Parent mum kid", (await host.EndAsync("mum")).ReadOutputAs<string>());
        var child = (await host.EndAsync("kid")).Tags;
        Assert.Equal(["shift=day", "team=ops", "who=kid"], child.Select(tag => $"{tag.Key}={tag.Value}").Order());
        Assert.Equal(tags, (await host.EndAsync("mum")).Tags);
    }

    [Fact]
    public async Task WaitTwiceAtOnce_NewestIsServedFirst()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Stack", async context =>
        {
            var (older, newer) = (context.WaitForExternalEvent<int>("n"), context.WaitForExternalEvent<int>("N"));
            return $"{await newer} {await older}";
        }));
        var id = await host.ScheduleAsync("Stack");
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Client.RaiseEventAsync(id, "n", 1, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "n", 2, DurableHost.Cancellation);

        Assert.Equal("1 2", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitAsAnotherType_WhileOneWaits_IsRefusedAndTheFirstStaysServed()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Types", async context =>
        {
            var number = context.WaitForExternalEvent<int>("n");
            try
            {
                _ = context.WaitForExternalEvent<string>("n");
                return "taken";
            }
            catch (ArgumentException)
            {
                return $"refused {await number}";
            }
        }));
        var id = await host.ScheduleAsync("Types");
        await host.Client.RaiseEventAsync(id, "n", 4, DurableHost.Cancellation);

        Assert.Equal("refused 4", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitWithTimeout_TokenCancelledFirst_EndsAndLeavesNoTimer()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Stop", async context =>
        {
            using var stop = new CancellationTokenSource();
            var wait = context.WaitForExternalEvent<int>("n", TimeSpan.FromDays(30), stop.Token);
            await context.CallActivityAsync<int>("Add", 1);
            stop.Cancel();
            try
            {
                return await wait;
            }
            catch (OperationCanceledException)
            {
                return -1;
            }
        }));

        Assert.Equal(-1, await host.ResultAsync<int>("Stop"));
        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM timers")));
    }

    [Fact]
    public async Task WaitWithACancelledToken_EventThatLiesThere_IsTaken()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Late", async context =>
        {
            await context.WaitForExternalEvent<string>("go");
            var there = context.WaitForExternalEvent<int>("n", new CancellationToken(true));
            var absent = context.WaitForExternalEvent<int>("n", new CancellationToken(true));
            return $"{await there} {absent.IsCanceled}";
        }));
        var id = await host.ScheduleAsync("Late");
        await host.Client.RaiseEventAsync(id, "n", 8, DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);

        Assert.Equal("8 True", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task WaitTimeout_NotCaught_FailsTheOrchestration()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator(
            "Bare", context => context.WaitForExternalEvent<int>("n", TimeSpan.FromMilliseconds(1))));

        var end = await host.RunAsync("Bare");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.True(end.FailureDetails!.IsCausedBy<OperationCanceledException>(), end.ToString());
    }

    [Fact]
    public async Task ManyEventsOfOneName_BetweenActivities_ComeInOrderOnceEach()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Sum", async context =>
        {
            var seen = new List<int>();
            while (seen.Count < 60)
            {
                seen.Add(await context.WaitForExternalEvent<int>(seen.Count % 2 == 0 ? "item" : "ITEM"));
                if (seen.Count % 7 == 0)
                {
                    await context.CallActivityAsync<int>("Add", 1);
                }
            }

            return seen;
        }));
        var id = await host.ScheduleAsync("Sum");
        for (var i = 0; i < 60; i++)
        {
            await host.Client.RaiseEventAsync(id, "Item", i, DurableHost.Cancellation);
        }

        Assert.Equal(Enumerable.Range(0, 60), (await host.EndAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task SendEvent_ToItselfToNobodyAndToAnEntity_ArrivesIsDroppedAndIsRefused()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Send", async context =>
        {
            context.SendEvent("nobody", "n", 1);
            context.SendEvent(context.InstanceId, "n", 2);
            try
            {
                context.SendEvent("@counter@one", "n", 3);
                return "taken";
            }
            catch (ArgumentException)
            {
                return $"{await context.WaitForExternalEvent<int>("N")}";
            }
        }));

        Assert.Equal("2", await host.ResultAsync<string>("Send"));
    }

    [Fact]
    public async Task Events_WithoutPayload_AreDefaults()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Empty", async context =>
            $"{await context.WaitForExternalEvent<int?>("a") is null} {await context.WaitForExternalEvent<string?>("b") is null} {await context.WaitForExternalEvent<object?>("c") is null}"));
        var id = await host.ScheduleAsync("Empty");
        foreach (var name in (string[])["c", "b", "a"])
        {
            await host.Client.RaiseEventAsync(id, name, DurableHost.Cancellation);
        }

        Assert.Equal("True True True", (await host.EndAsync(id)).ReadOutputAs<string>());
    }
}
