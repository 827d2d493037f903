using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>How failures travel through callers, and what code makes of them.</summary>
public sealed class FailureChainTests
{
    [Fact]
    public async Task ThreeLevels_NobodyCatches_TheTopKnowsTheBottom()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Bottom", context => context.CallActivityAsync("Fail", "root"))
            .Orchestrator("Middle", context => context.CallSubOrchestratorAsync("Bottom"))
            .Orchestrator("Top", context => context.CallSubOrchestratorAsync("Middle")));

        var details = (await host.RunAsync("Top")).FailureDetails;
        var types = new List<string>();
        for (var failure = details; failure is not null; failure = failure.InnerFailure)
        {
            types.Add(failure.ErrorType);
        }

        var failed = typeof(TaskFailedException).FullName!;
        Assert.Equal([failed, failed, failed, typeof(InvalidDataException).FullName!], types);
        Assert.StartsWith("Task 'Middle' (#0) failed with an unhandled exception: Task 'Bottom' (#0) failed", details!.ErrorMessage, StringComparison.Ordinal);
        Assert.EndsWith("root", details.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrchestratorThrowsAtOnce_BeforeAnyAwait_FailsWithItsChain()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Now", Task (_) => throw new InvalidOperationException("outer", new FormatException("inner"))));

        var details = (await host.RunAsync("Now")).FailureDetails!;

        Assert.True(details.IsCausedBy<InvalidOperationException>());
        Assert.False(details.IsCausedBy<FormatException>());
        Assert.True(details.InnerFailure!.IsCausedBy<FormatException>());
        Assert.Equal("inner", details.InnerFailure.ErrorMessage);
        Assert.Throws<ArgumentException>(() => details.IsCausedBy(typeof(string)));
    }

    [Fact]
    public async Task TaskFailure_WrappedByTheOrchestrator_IsTheInnerFailure()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Wrap", async context =>
        {
            try
            {
                await context.CallActivityAsync("Fail", "cause");
            }
            catch (TaskFailedException failure)
            {
                throw new InvalidOperationException("wrapped", failure);
            }
        }));

        var details = (await host.RunAsync("Wrap")).FailureDetails!;

        Assert.Equal("wrapped", details.ErrorMessage);
        Assert.True(details.InnerFailure!.IsCausedBy<TaskFailedException>());
        Assert.True(details.InnerFailure.InnerFailure!.IsCausedBy<InvalidDataException>());
    }

    [Fact]
    public async Task FailedActivityThatNobodyAwaits_DoesNotFailTheOrchestration()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Careless", context =>
        {
            _ = context.CallActivityAsync("Fail", "unseen");
            _ = context.CallActivityAsync("Add", 1);
            return Task.FromResult("done");
        }));

        Assert.Equal("done", await host.ResultAsync<string>("Careless"));
        Assert.Equal(0L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM activities")));
    }

    [Fact]
    public async Task WhenAny_FailedFirst_OthersCanStillBeAwaited()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("Slow", async (_, value, cancellation) =>
            {
                await release.Task.WaitAsync(cancellation);
                return value;
            })
            .Activity<string, string>("Release", text =>
            {
                release.TrySetResult();
                return text;
            })
            .Orchestrator("Race", async context =>
            {
                var (bad, slow) = (context.CallActivityAsync<string>("Fail", "fast"), context.CallActivityAsync<int>("Slow", 6));
                var first = await Task.WhenAny(bad, slow);
                await context.CallActivityAsync("Release", "");
                return $"{first == bad} {first.IsFaulted} {await slow}";
            }));

        Assert.Equal("True True 6", await host.ResultAsync<string>("Race"));
    }

    [Fact]
    public async Task CompensationInCatchAndFinally_RunsInReverseOnceEach()
    {
        var done = new List<string>();
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<string, string>("Do", text =>
            {
                lock (done)
                {
                    done.Add(text);
                }

                return text == "pay" ? throw new InvalidDataException(text) : text;
            })
            .Orchestrator("Saga", async context =>
            {
                var undo = new Stack<string>();
                try
                {
                    foreach (var step in (string[])["book", "hold", "pay"])
                    {
                        await context.CallActivityAsync("Do", step);
                        undo.Push($"un{step}");
                    }
                }
                catch (TaskFailedException)
                {
                    while (undo.TryPop(out var step))
                    {
                        await context.CallActivityAsync("Do", step);
                    }

                    throw;
                }
                finally
                {
                    await context.CallActivityAsync("Do", "close");
                }
            }));

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.RunAsync("Saga")).RuntimeStatus);
        Assert.Equal(["book", "hold", "pay", "unhold", "unbook", "close"], done);
    }

    [Fact]
    public async Task ChildTerminated_ParentSeesAFailure()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", context => context.WaitForExternalEvent<string>("never"))
            .Orchestrator("Parent", async context =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions(instanceId: "kid"));
                }
                catch (TaskFailedException failure)
                {
                    return failure.TaskName;
                }
            }));
        var id = await host.ScheduleAsync("Parent");
        await host.UntilStatusAsync("kid", OrchestrationRuntimeStatus.Running);
        await host.Client.TerminateInstanceAsync("kid", "stop", DurableHost.Cancellation);

        Assert.Equal("Child", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task OrchestratorThrowsCancellation_Fails()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Cancel", async context =>
        {
            await context.CallActivityAsync("Add", 1);
            throw new OperationCanceledException("by hand");
        }));

        var end = await host.RunAsync("Cancel");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.True(end.FailureDetails!.IsCausedBy<OperationCanceledException>());
    }

    [Fact]
    public async Task ActivityThrowsCancellationOfItsOwn_IsAFailureLikeAnother()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<int, int>("Timeout", int (_) => throw new TaskCanceledException("took too long"))
            .Orchestrator("Call", async context =>
            {
                try
                {
                    return $"{await context.CallActivityAsync<int>("Timeout", 1)}";
                }
                catch (TaskFailedException failure)
                {
                    return $"{failure.FailureDetails.IsCausedBy<OperationCanceledException>()} {failure.FailureDetails.ErrorMessage}";
                }
            }));

        Assert.Equal("True took too long", await host.ResultAsync<string>("Call"));
    }

    [Fact]
    public async Task FanOutOverChildren_SomeFail_EachTellsItsOwn()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Half", context => context.GetInput<int>() is var n && n % 2 == 0 ? Task.FromResult(n) : throw new InvalidDataException($"odd {n}"))
            .Orchestrator("All", async context =>
            {
                var tasks = Enumerable.Range(0, 20).Select(n => context.CallSubOrchestratorAsync<int>("Half", n)).ToList();
                try
                {
                    await Task.WhenAll(tasks);
                }
                catch (TaskFailedException)
                {
                    // Each task is looked at below.
                }

                return tasks.Select(task => task.IsFaulted ? ((TaskFailedException)task.Exception!.InnerException!).FailureDetails.ErrorMessage : $"{task.Result}").ToList();
            }));

        Assert.Equal(Enumerable.Range(0, 20).Select(n => n % 2 == 0 ? $"{n}" : $"odd {n}"), await host.ResultAsync<List<string>>("All"));
    }

    [Fact]
    public async Task ResultOfAnotherType_ThrowsWhereItIsAwaited()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Types", async context =>
        {
            try
            {
                return $"{await context.CallActivityAsync<Guid>("Add", 1)}";
            }
            catch (System.Text.Json.JsonException)
            {
                return $"unreadable, then {await context.CallActivityAsync<long>("Add", 1)}";
            }
        }));

        Assert.Equal("unreadable, then 2", await host.ResultAsync<string>("Types"));
    }
}
