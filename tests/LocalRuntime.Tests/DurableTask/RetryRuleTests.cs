using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>When a failed call is tried again, and who is asked.</summary>
public sealed class RetryRuleTests
{
    [Fact]
    public async Task Handler_SaysNoAtOnce_TheCallerSeesTheFirstFailure()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Once", async context =>
        {
            try
            {
                await context.CallActivityAsync("Fail", "first", TaskOptions.FromRetryHandler(retry => retry.LastFailure.IsCausedBy<ArgumentException>()));
                return "none";
            }
            catch (TaskFailedException failure)
            {
                return $"{failure.TaskName} {failure.FailureDetails.ErrorType} {failure.FailureDetails.ErrorMessage} {failure.Message}";
            }
        }));

        Assert.Equal(
            "Fail System.IO.InvalidDataException first Task 'Fail' (#0) failed with an unhandled exception: first", await host.ResultAsync<string>("Once"));
    }

    /// <summary>A wait without a limit would pass the last day of the calendar at the second retry.</summary>
    [Fact]
    public async Task Policy_BackoffWithoutLimit_WaitsAYearAtMost()
    {
        var time = new ManualTime();
        var policy = new RetryPolicy(3, TimeSpan.FromHours(1), 1e12, TimeSpan.MaxValue);
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Patient", context => context.CallActivityAsync("Fail", "never", TaskOptions.FromRetryPolicy(policy))),
            options => options.Time = time);
        await host.ScheduleAsync("Patient", null, new StartOrchestrationOptions("p"));

        Assert.Equal(TimeSpan.FromHours(1), await host.PassTimerAsync("p", time));
        Assert.Equal(TimeSpan.FromDays(365), await host.PassTimerAsync("p", time));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync("p")).RuntimeStatus);
    }

    [Fact]
    public async Task Handler_OfASubOrchestration_SeesAttemptsFailureAndTime()
    {
        var time = new ManualTime();
        await using var host = await DurableHost.StartAsync(
            functions => functions
                .Orchestrator("Child", context => context.CallActivityAsync("Fail", "deep"))
                .Orchestrator("Parent", async context =>
                {
                    var seen = new List<string>();
                    var options = new SubOrchestrationOptions(TaskRetryOptions.FromRetryHandler(async retry =>
                    {
                        seen.Add($"{retry.LastAttemptNumber} {retry.TotalRetryTime.TotalMinutes} {retry.LastFailure.InnerFailure!.ErrorMessage} {retry.OrchestrationContext.InstanceId} {retry.CancellationToken.CanBeCanceled}");
                        await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMinutes(retry.LastAttemptNumber), retry.CancellationToken);
                        return retry.LastAttemptNumber < 3;
                    }), "kid");
                    try
                    {
                        await context.CallSubOrchestratorAsync("Child", null, options);
                    }
                    catch (TaskFailedException failure)
                    {
                        seen.Add(failure.FailureDetails.InnerFailure!.ErrorMessage);
                    }

                    return seen;
                }),
            options => options.Time = time);
        await host.ScheduleAsync("Parent", null, new StartOrchestrationOptions("mum"));
        foreach (var minutes in (int[])[1, 2, 3])
        {
            Assert.Equal(TimeSpan.FromMinutes(minutes), await host.PassTimerAsync("mum", time));
        }

        Assert.Equal(
            ["1 0 deep mum False", "2 1 deep mum False", "3 3 deep mum False", "deep"], (await host.EndAsync("mum")).ReadOutputAs<List<string>>());
    }

    [Fact]
    public async Task HandleFailure_Throws_KeepsTheFailureItWasAskedAbout()
    {
        var end = await EndAsync(new RetryPolicy(5, TimeSpan.FromMilliseconds(1)) { HandleFailure = _ => throw new NotSupportedException("odd") });

        Assert.Equal("attempt 1", end.FailureDetails!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task HandleFailure_IsNotAskedAfterTheLastAttempt()
    {
        var asked = new List<string>();
        var end = await EndAsync(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)) { HandleFailure = failure => { asked.Add(failure.ErrorMessage); return true; } }, sessions: true);

        Assert.Equal("attempt 3", end.FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(["attempt 1", "attempt 2"], asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task MaxNumberOfAttempts_CountsTheFirst(int attempts)
    {
        var end = await EndAsync(new RetryPolicy(attempts, TimeSpan.FromMilliseconds(1)));

        Assert.Equal($"attempt {attempts}", end.FailureDetails!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task MaxRetryInterval_Infinite_LetsTheWaitsGrow()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(
            new RetryPolicy(5, TimeSpan.FromMinutes(50), 2, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), options => options.Time = time);
        var id = await host.ScheduleAsync("Retry");
        foreach (var minutes in (int[])[50, 100, 200, 400])
        {
            Assert.Equal(TimeSpan.FromMinutes(minutes), await host.PassTimerAsync(id, time));
        }

        Assert.Equal("attempt 5", (await host.EndAsync(id)).FailureDetails!.InnerFailure!.ErrorMessage);
    }

    [Fact]
    public async Task MaxRetryInterval_NotGiven_IsAnHour()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(new RetryPolicy(4, TimeSpan.FromMinutes(50), 2), options => options.Time = time);
        var id = await host.ScheduleAsync("Retry");
        foreach (var minutes in (int[])[50, 60, 60])
        {
            Assert.Equal(TimeSpan.FromMinutes(minutes), await host.PassTimerAsync(id, time));
        }

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
    }

    [Theory]
    [InlineData("activity")]
    [InlineData("child")]
    public async Task WhatDoesNotExist_IsNotTriedAgain(string what)
    {
        var asked = 0;
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Lost", async context =>
        {
            var options = TaskOptions.FromRetryHandler(_ => Interlocked.Increment(ref asked) > 0);
            try
            {
                await (what == "child" ? context.CallSubOrchestratorAsync("Nowhere", null, options) : context.CallActivityAsync("Nowhere", null, options));
                return "none";
            }
            catch (TaskFailedException failure)
            {
                return $"{failure.FailureDetails.ErrorType} {failure.FailureDetails.ErrorMessage}";
            }
        }));

        var error = await host.ResultAsync<string>("Lost");
        Assert.StartsWith(what == "child" ? "OrchestratorTaskNotFound" : "ActivityTaskNotFound", error, StringComparison.Ordinal);
        Assert.Contains("Nowhere", error, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void Policy_ValuesOutOfRange_AreRefused()
    {
        var second = TimeSpan.FromSeconds(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(0, second));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, second, 0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, second, 1, TimeSpan.FromMilliseconds(999)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy(1, second, 1, null, TimeSpan.FromMilliseconds(999)));
        Assert.Equal(Timeout.InfiniteTimeSpan, new RetryPolicy(1, second, 1, second, Timeout.InfiniteTimeSpan).RetryTimeout);
    }

    private static async Task<OrchestrationMetadata> EndAsync(RetryPolicy policy, bool sessions = false)
    {
        await using var host = await StartAsync(policy, options => options.ExtendedSessions = sessions);
        return await host.RunAsync("Retry");
    }

    private static Task<DurableHost> StartAsync(RetryPolicy policy, Action<Nightwatch.LocalRuntime.DurableTask.DurableEngineOptions> options)
    {
        var attempt = 0;
        return DurableHost.StartAsync(
            functions => functions
                .Activity<object, string>("Flaky", string (_) => throw new InvalidDataException($"attempt {Interlocked.Increment(ref attempt)}"))
                .Orchestrator("Retry", context => context.CallActivityAsync("Flaky", TaskOptions.FromRetryPolicy(policy))),
            options);
    }
}
