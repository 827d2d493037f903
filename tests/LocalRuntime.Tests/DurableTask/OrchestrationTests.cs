using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class OrchestrationTests
{
    private sealed record Order(string Item, int Count);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CallActivity_InSequence_PassesResultsOn(bool sessions)
    {
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Three", async context =>
            {
                var value = await context.CallActivityAsync<int>("add", context.GetInput<int>());
                value = await context.CallActivityAsync<int>("Add", value);
                return await context.CallActivityAsync<int>("ADD", value);
            }),
            options => options.ExtendedSessions = sessions);

        Assert.Equal(10, await host.ResultAsync<int>("three", 7));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhenAll_ManyActivities_AllRunOnce(bool sessions)
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(
            functions => functions
                .Activity<int, int>("Count", value =>
                {
                    Interlocked.Increment(ref calls);
                    return value;
                })
                .Orchestrator("Fan", async context => (await Task.WhenAll(
                    Enumerable.Range(0, 1_000).Select(i => context.CallActivityAsync<int>("Count", i)))).Sum()),
            options => options.ExtendedSessions = sessions);

        Assert.Equal(1_000 * 999 / 2, await host.ResultAsync<int>("Fan"));
        Assert.Equal(1_000, calls);
    }

    [Fact]
    public async Task Input_Record_RoundTrips()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Echo", context =>
            Task.FromResult(context.GetInput<Order>()! with { Count = 2 })));

        var end = await host.RunAsync("Echo", new Order("pump", 1));

        Assert.Equal(new Order("pump", 2), end.ReadOutputAs<Order>());
        Assert.Equal(new Order("pump", 1), end.ReadInputAs<Order>());
        Assert.Equal("Echo", end.Name);
    }

    [Fact]
    public async Task UnhandledActivityFailure_Orchestration_FailsWithDetails()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Doomed", context =>
            context.CallActivityAsync<string>("Fail", "no disk")));

        var end = await host.RunAsync("Doomed");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal(typeof(TaskFailedException).FullName, end.FailureDetails!.ErrorType);
        Assert.Equal("Task 'Fail' (#0) failed with an unhandled exception: no disk", end.FailureDetails.ErrorMessage);
        Assert.True(end.FailureDetails.InnerFailure!.IsCausedBy<IOException>() || end.FailureDetails.InnerFailure.IsCausedBy<InvalidDataException>());
        Assert.Equal("no disk", end.FailureDetails.InnerFailure.ErrorMessage);
    }

    [Fact]
    public async Task CaughtActivityFailure_Orchestration_SeesTaskFailedException()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Careful", async context =>
        {
            try
            {
                await context.CallActivityAsync("Fail", "no disk");
                return "unreachable";
            }
            catch (TaskFailedException failure)
            {
                return $"{failure.TaskName} {failure.TaskId} {failure.FailureDetails.ErrorType} {failure.FailureDetails.IsCausedBy<InvalidDataException>()}";
            }
        }));

        Assert.Equal("Fail 0 System.IO.InvalidDataException True", await host.ResultAsync<string>("Careful"));
    }

    [Fact]
    public async Task MissingActivity_Call_FailsWithoutRetry()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Lost", context =>
            context.CallActivityAsync("Nowhere", null, TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromHours(1))))));

        var end = await host.RunAsync("Lost");

        Assert.Equal("ActivityTaskNotFound", end.FailureDetails!.InnerFailure!.ErrorType);
        Assert.Contains("Nowhere", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubOrchestration_Result_ReachesParent()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", async context =>
                $"{context.Parent!.Name} {context.Parent.InstanceId} {context.InstanceId} {await context.CallActivityAsync<int>("Add", 1)}")
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions(instanceId: "kid"))));

        var id = await host.ScheduleAsync("Parent", null, new StartOrchestrationOptions("mother"));

        Assert.Equal("Parent mother kid 2", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task SubOrchestration_Failure_ReachesParentWithCause()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", context => context.CallActivityAsync("Fail", "broken"))
            .Orchestrator("Parent", async context =>
            {
                try
                {
                    await context.CallSubOrchestratorAsync("Child");
                    return "unreachable";
                }
                catch (TaskFailedException failure)
                {
                    return failure.FailureDetails.InnerFailure!.ErrorMessage;
                }
            }));

        Assert.Equal("broken", await host.ResultAsync<string>("Parent"));
    }

    [Fact]
    public async Task SubOrchestration_IdOfRunningInstance_FailsTheCall()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("never"))
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync("Wait", null, new SubOrchestrationOptions(instanceId: "taken"))));
        await host.ScheduleAsync("Wait", null, new StartOrchestrationOptions("taken"));

        var end = await host.RunAsync("Parent");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("taken", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContinueAsNew_UnprocessedEvents_AreKeptInOrder()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Loop", async context =>
        {
            var seen = context.GetInput<string>() ?? "";
            seen += await context.WaitForExternalEvent<string>("letter");
            if (seen.Length < 6)
            {
                context.ContinueAsNew(seen);
                return "";
            }

            return seen;
        }));
        var id = await host.ScheduleAsync("Loop", "");
        foreach (var letter in "abcdef")
        {
            await host.Client.RaiseEventAsync(id, "LETTER", letter.ToString(), DurableHost.Cancellation);
        }

        Assert.Equal("abcdef", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.True(host.Engine.Store.Load(id)!.Execution == 6);
    }

    [Fact]
    public async Task ContinueAsNew_WithoutPreserving_DropsEvents()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Forgetful", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                return "";
            }

            context.SetCustomStatus("second");
            return await context.WaitForExternalEvent<string>("kept");
        }));
        var id = await host.ScheduleAsync("Forgetful", 0);
        await host.Client.RaiseEventAsync(id, "kept", "early", DurableHost.Cancellation);
        await host.Client.RaiseEventAsync(id, "go", "x", DurableHost.Cancellation);
        await host.UntilStatusAsync(id, "second");
        await host.Client.RaiseEventAsync(id, "kept", "late", DurableHost.Cancellation);

        Assert.Equal("late", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task CustomStatus_WhileRunning_IsVisible()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Status", async context =>
        {
            context.SetCustomStatus("waiting");
            await context.WaitForExternalEvent<string>("go");
            context.SetCustomStatus(new { Step = 2 });
        }));
        var id = await host.ScheduleAsync("Status");
        await host.UntilStatusAsync(id, "waiting");
        await host.Client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);

        Assert.Equal("""{"Step":2}""", (await host.EndAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task NewGuidAndTime_OnReplay_AreTheSame()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Steady", async context =>
        {
            var first = $"{context.NewGuid()} {context.NewGuid()} {context.CurrentUtcDateTime:O}";
            seen.Add(first);
            await context.CallActivityAsync<int>("Add", 1);
            await context.CallActivityAsync<int>("Add", 1);
            return first;
        }));

        var result = await host.ResultAsync<string>("Steady");

        Assert.Equal(3, seen.Count);
        Assert.All(seen, value => Assert.Equal(result, value));
        Assert.NotEqual(result!.Split(' ')[0], result.Split(' ')[1]);
    }

    [Fact]
    public async Task SendEvent_ToAnotherInstance_IsDelivered()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Receiver", context => context.WaitForExternalEvent<string>("Hello"))
            .Orchestrator("Sender", context =>
            {
                context.SendEvent("receiver", "hello", "from afar");
                return Task.CompletedTask;
            }));
        await host.ScheduleAsync("Receiver", null, new StartOrchestrationOptions("receiver"));
        await host.RunAsync("Sender");

        Assert.Equal("from afar", (await host.EndAsync("receiver")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Completion_WithOpenTimer_WaitsForIt()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Hasty", context =>
            {
                _ = context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
                context.SetCustomStatus("returned");
                return Task.FromResult(1);
            }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Hasty");
        await host.UntilStatusAsync(id, "returned");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync(id, DurableHost.Cancellation))!.RuntimeStatus);

        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndAsync(id)).RuntimeStatus);
    }
}
