using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class DeterminismTests
{
    [Fact]
    public async Task Replay_OtherActivity_FailsNamingTheStep()
    {
        var end = await ChangedAsync(
            async context =>
            {
                await context.CallActivityAsync<int>("Add", 1);
                await context.WaitForExternalEvent<string>("go");
            },
            async context =>
            {
                await context.CallActivityAsync<string>("Fail", "x");
                await context.WaitForExternalEvent<string>("go");
            });

        Assert.StartsWith("Step 0: history has activity 'Add', the code asked for activity 'Fail'.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_TimerInPlaceOfActivity_FailsNamingTheStep()
    {
        var end = await ChangedAsync(
            context => context.WaitForExternalEvent<string>("go", TimeSpan.FromHours(1)),
            async context =>
            {
                await context.CallActivityAsync<int>("Add", 1);
                await context.WaitForExternalEvent<string>("go");
            });

        Assert.StartsWith("Step 0: history has a timer, the code asked for activity 'Add'.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_StepIsGone_FailsNamingTheStep()
    {
        var end = await ChangedAsync(
            async context =>
            {
                await context.CallActivityAsync<int>("Add", 1);
                await context.WaitForExternalEvent<string>("go");
            },
            context => context.WaitForExternalEvent<string>("go"));

        Assert.StartsWith("Step 0: history has activity 'Add', the code asked for nothing.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ExtraStep_FailsNamingTheStep()
    {
        var end = await ChangedAsync(
            context => context.WaitForExternalEvent<string>("go"),
            async context =>
            {
                await context.CallActivityAsync<int>("Add", 1);
                await context.WaitForExternalEvent<string>("go");
            });

        Assert.StartsWith("Step 0: history has nothing, the code asked for activity 'Add'.", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OtherSubOrchestrationId_FailsNamingBoth()
    {
        static Func<TaskOrchestrationContext, Task> Calls(string id) => async context =>
        {
            _ = context.CallSubOrchestratorAsync("Child", null, new SubOrchestrationOptions(instanceId: id));
            await context.WaitForExternalEvent<string>("go");
        };

        var end = await ChangedAsync(Calls("one"), Calls("two"));

        Assert.Contains("'one'", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'two'", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(20, false)]
    [InlineData(20, true)]
    public async Task NonDurableAwait_Orchestrator_FailsWithAClearError(int milliseconds, bool withOpenTimer)
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Bad", async context =>
        {
            if (withOpenTimer)
            {
                _ = context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None);
            }

            await Task.Run(() => Thread.Sleep(milliseconds));
            return await context.CallActivityAsync<int>("Add", 1);
        }));

        var end = await host.RunAsync("Bad");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("not durable", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NonDurableAwait_ThatNeverEnds_FailsToo()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Hung", _ => new TaskCompletionSource().Task));

        var end = await host.RunAsync("Hung");

        Assert.Contains("not durable", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Middleware_AroundOrchestrators_MayHopThroughThePool(bool captureContext)
    {
        await using var host = await DurableHost.StartAsync(functions =>
        {
            functions.Middleware = async next =>
            {
                var result = await Inner(next).ConfigureAwait(captureContext);
                return result;
            };
            functions.Orchestrator("Wrapped", async context =>
            {
                await context.CallActivityAsync<int>("Add", 1);
                _ = context.WaitForExternalEvent<string>("never");
                return await context.CallActivityAsync<int>("Add", 41);
            });

            async Task<object?> Inner(Func<Task<object?>> next) => await next().ConfigureAwait(captureContext);
        });

        Assert.Equal(42, await host.ResultAsync<int>("Wrapped"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Middleware_ThatReturnsLateWhileAnEventIsAwaited_EndsTheInstance(bool sessions)
    {
        await using var host = await DurableHost.StartAsync(
            functions =>
            {
                functions.Middleware = async next =>
                {
                    var result = await next().ConfigureAwait(false);
                    // Longer than a turn waits at first, as on a machine whose pool is busy.
                    await Task.Delay(50, CancellationToken.None).ConfigureAwait(false);
                    return result;
                };
                functions.Orchestrator("Late", async context =>
                {
                    var value = await context.CallActivityAsync<int>("Add", 1);
                    _ = context.WaitForExternalEvent<string>("never");
                    return value;
                });
            },
            options => options.ExtendedSessions = sessions);

        Assert.Equal(2, await host.ResultAsync<int>("Late"));
    }

    [Fact]
    public async Task SemaphoreAndYield_InOrchestrator_StayDeterministic()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Bounded", async context =>
        {
            using var slots = new SemaphoreSlim(2);
            var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
            {
                await slots.WaitAsync();
                await Task.Yield();
                var value = await context.CallActivityAsync<int>("Add", i);
                slots.Release();
                return value;
            }));
            return results.Sum();
        }));

        Assert.Equal(55, await host.ResultAsync<int>("Bounded"));
    }

    [Fact]
    public async Task ReplaySafeLogger_EachLine_IsWrittenOnce()
    {
        var lines = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(new ListProvider(lines)));
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Chatty", async context =>
            {
                var log = context.CreateReplaySafeLogger("orchestrator");
                log.Log(LogLevel.Information, default, "begin", null, (line, _) => line);
                await context.CallActivityAsync<int>("Add", 1);
                log.Log(LogLevel.Information, default, "middle", null, (line, _) => line);
                await context.CallActivityAsync<int>("Add", 2);
                log.Log(LogLevel.Information, default, "end", null, (line, _) => line);
            }),
            options => options.LoggerFactory = factory);

        await host.RunAsync("Chatty");

        Assert.Equal(["begin", "middle", "end"], lines);
    }

    /// <summary>Runs an instance until it waits, restarts the engine with other code, and wakes it with the event "go".</summary>
    private static async Task<OrchestrationMetadata> ChangedAsync(
        Func<TaskOrchestrationContext, Task> before, Func<TaskOrchestrationContext, Task> after)
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Orchestrator("Child", context => context.WaitForExternalEvent<string>("never"))
            .Orchestrator("Changed", before));
        var id = await host.ScheduleAsync("Changed");
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Load(id)!.Turn > 0 && host.Engine.Store.Read(session =>
            (long)session.Scalar("SELECT COUNT(*) FROM activities")!) == 0));
        host.Functions.Orchestrator("Changed", after);
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", null, DurableHost.Cancellation);
        return await host.EndAsync(id);
    }

    private sealed class ListProvider(System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        private bool isOurs;

        public ILogger CreateLogger(string categoryName) => new ListProvider(lines) { isOurs = categoryName == "orchestrator" };

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isOurs)
            {
                lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
