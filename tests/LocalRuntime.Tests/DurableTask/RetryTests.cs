using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class RetryTests
{
    [Fact]
    public async Task Policy_FailuresBeforeSuccess_AreRetriedWithBackoff()
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(functions => Flaky(functions, () => ++calls < 4)
            .Orchestrator("Retry", async context =>
            {
                var began = context.CurrentUtcDateTime;
                var policy = new RetryPolicy(5, TimeSpan.FromMilliseconds(20), backoffCoefficient: 2);
                await context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(policy));
                return (context.CurrentUtcDateTime - began).TotalMilliseconds;
            }));

        // Waits of 20, 40 and 80 ms lie between the four attempts.
        Assert.True(await host.ResultAsync<double>("Retry") >= 140);
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Policy_TooManyFailures_GivesTheLast()
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(functions => Flaky(functions, () => ++calls > 0)
            .Orchestrator("Retry", context => context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(
                new RetryPolicy(3, TimeSpan.FromMilliseconds(1))))));

        var end = await host.RunAsync("Retry");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("attempt 3", end.FailureDetails!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task Policy_HandleFailureSaysNo_StopsAtOnce()
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(functions => Flaky(functions, () => ++calls > 0)
            .Orchestrator("Retry", context => context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(
                new RetryPolicy(3, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => !failure.IsCausedBy<InvalidDataException>() }))));

        await host.RunAsync("Retry");

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Policy_RetryTimeout_Ends()
    {
        var calls = 0;
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => Flaky(functions, () => ++calls > 0)
                .Orchestrator("Retry", context => context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(
                    new RetryPolicy(1000, TimeSpan.FromSeconds(50), retryTimeout: TimeSpan.FromSeconds(60))))),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Retry");
        await host.PassTimerAsync(id, time);
        await host.PassTimerAsync(id, time);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Handler_Decides_ByAttemptAndFailure()
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(functions => Flaky(functions, () => ++calls < 3)
            .Orchestrator("Retry", async context =>
            {
                var attempts = new List<string>();
                var options = TaskOptions.FromRetryHandler(async retry =>
                {
                    attempts.Add($"{retry.LastAttemptNumber}:{retry.LastFailure.ErrorMessage}");
                    await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                    return retry.LastAttemptNumber < 5;
                });
                await context.CallActivityAsync("Flaky", options);
                return attempts;
            }));

        Assert.Equal(["1:attempt 1", "2:attempt 2"], await host.ResultAsync<List<string>>("Retry"));
    }

    [Fact]
    public async Task SubOrchestration_Policy_IsRetried()
    {
        var calls = 0;
        await using var host = await DurableHost.StartAsync(functions => Flaky(functions, () => ++calls < 3)
            .Orchestrator("Child", context => context.CallActivityAsync("Flaky"))
            .Orchestrator("Parent", async context =>
            {
                await context.CallSubOrchestratorAsync("Child", TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromMilliseconds(1))));
                return "done";
            }));

        Assert.Equal("done", await host.ResultAsync<string>("Parent"));
        Assert.Equal(3, calls);
    }

    private static TestFunctions Flaky(TestFunctions functions, Func<bool> fails)
    {
        var attempt = 0;
        return functions.Activity<object, string>("Flaky", _ =>
        {
            attempt++;
            return fails() ? throw new InvalidDataException($"attempt {attempt}") : "ok";
        });
    }
}
