using Microsoft.DurableTask;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>What callers learn of a failure.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task ActivityFailure_WithInnerExceptions_KeepsTheWholeChain()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<string, string>("Wrap", string (text) => throw new InvalidOperationException("outer", new OddException(text)))
            .Orchestrator("Catch", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Wrap", "inner");
                }
                catch (TaskFailedException failure)
                {
                    var details = failure.FailureDetails;
                    return $"{failure.TaskName}#{failure.TaskId} {details.IsCausedBy<InvalidOperationException>()} {details.IsCausedBy<SystemException>()} {failure.IsCausedByException<SystemException>()} {failure.IsCausedByException<InvalidOperationException>()} " +
                        $"{details.IsCausedBy<OddException>()} {details.InnerFailure!.IsCausedBy<OddException>()} {details.InnerFailure.IsCausedBy<FormatException>()} " +
                        $"{details.InnerFailure.ErrorMessage} {details.StackTrace is not null}";
                }
            }));

        Assert.Equal("Wrap#0 True True False True False True True inner True", await host.ResultAsync<string>("Catch"));
    }

    [Fact]
    public async Task FailureText_LongerThanItsBound_IsCutOnceAndTheSameOnReplay()
    {
        var text = new string('x', FailureText.MaxMessage - 10) + string.Concat(Enumerable.Repeat("😀", 500_000));
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<string, string>("Shout", string (_) => throw new InvalidDataException(text, new InvalidOperationException(text)))
            .Orchestrator("Child", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Shout", "");
                }
                catch (TaskFailedException failure)
                {
                    context.SetCustomStatus(failure.FailureDetails.ErrorMessage.Length);
                    await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                    throw;
                }
            })
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions(instanceId: "child"))));
        var end = await host.RunAsync("Parent");

        Assert.InRange(end.FailureDetails!.ErrorMessage.Length, 1_000, FailureText.MaxMessage);
        Assert.EndsWith("(cut)", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        var heard = (await host.EndAsync("child")).ReadCustomStatusAs<int>();
        Assert.InRange(heard, FailureText.MaxMessage - 10, FailureText.MaxMessage);
        Assert.InRange((long)host.Engine.Store.Read(session => session.Scalar("SELECT MAX(LENGTH(lines)) FROM history"))!, 1_000, 300_000);
        Assert.DoesNotContain('\uFFFD', FailureText.Cut(text));
        Assert.True(char.IsLowSurrogate(FailureText.Cut(text)[^9]) || FailureText.Cut(text)[^9] == 'x');
    }

    [Fact]
    public async Task WhenAll_SeveralFailures_GivesEachToItsTask()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Many", async context =>
        {
            var tasks = Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? context.CallActivityAsync("Fail", $"no {i}") : context.CallActivityAsync("Add", i)).ToList();
            try
            {
                await Task.WhenAll(tasks);
                return "none";
            }
            catch (TaskFailedException)
            {
                return string.Join(",", tasks.Where(task => task.IsFaulted).Select(task => ((TaskFailedException)task.Exception!.InnerException!).FailureDetails.ErrorMessage));
            }
        }));

        Assert.Equal("no 0,no 2,no 4", await host.ResultAsync<string>("Many"));
    }

    [Fact]
    public async Task Retry_ManyFailures_WaitsNeverPassTheMaximum()
    {
        var time = new ManualTime();
        var calls = 0;
        await using var host = await DurableHost.StartAsync(
            functions => functions
                .Activity<string, string>("Flaky", _ => Interlocked.Increment(ref calls) < 6 ? throw new InvalidDataException("no") : "ok")
                .Orchestrator("Patient", async context =>
                {
                    var began = context.CurrentUtcDateTime;
                    var policy = new RetryPolicy(10, TimeSpan.FromMinutes(1), backoffCoefficient: 10, maxRetryInterval: TimeSpan.FromMinutes(5));
                    await context.CallActivityAsync<string>("Flaky", "x", TaskOptions.FromRetryPolicy(policy));
                    return context.CurrentUtcDateTime - began;
                }),
            options => options.Time = time);
        var id = await host.ScheduleAsync("Patient");

        // One minute, then four times the maximum; each wait is let pass as soon as it stands in the file.
        foreach (var minutes in (int[])[1, 5, 5, 5, 5])
        {
            Assert.Equal(TimeSpan.FromMinutes(minutes), await host.PassTimerAsync(id, time));
        }

        Assert.Equal(TimeSpan.FromMinutes(21), (await host.EndAsync(id)).ReadOutputAs<TimeSpan>());
    }

    private sealed class OddException(string message) : FormatException(message);
}
