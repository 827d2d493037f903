using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Code that asks for what cannot be must get an error of its own and never hold the engine.</summary>
public sealed class MisuseTests
{
    [Theory]
    [InlineData("activity")]
    [InlineData("child")]
    public async Task Call_WithoutAName_FailsTheOrchestration(string what)
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Nameless", context =>
            what == "activity" ? context.CallActivityAsync("") : context.CallSubOrchestratorAsync("")));

        var end = await host.RunAsync("Nameless");

        Assert.True(end.FailureDetails!.IsCausedBy<ArgumentException>(), end.ToString());
    }

    [Fact]
    public async Task WaitForEvent_PayloadThatItsTypeRefuses_ThrowsWhereItIsAwaited()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Strict", async context =>
        {
            try
            {
                return (await context.WaitForExternalEvent<Percentage>("load")).Value;
            }
            catch (ArgumentOutOfRangeException)
            {
                return -1;
            }
        }));
        var id = await host.ScheduleAsync("Strict");
        await host.Client.RaiseEventAsync(id, "load", new { Value = 200 }, DurableHost.Cancellation);

        Assert.Equal(-1, (await host.EndAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Start_WhatTheFileRefuses_IsSetAsideAfterItsTries()
    {
        await using var host = await DurableHost.StartAsync(
            functions => functions.Orchestrator("Unlucky", context => context.CallActivityAsync<int>("Add", 1)));
        await host.Engine.Store.WriteAsync(session => session.Execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON activities BEGIN SELECT RAISE(ABORT, 'refused'); END"));

        var end = await host.RunAsync("Unlucky");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("refused", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_ResultsAndInputs_AreDefaults()
    {
        await using var host = await DurableHost.StartAsync(functions => functions
            .Activity<string, object>("Nothing", _ => null!)
            .Orchestrator("Empty", async context =>
            {
                var number = await context.CallActivityAsync<int>("Nothing");
                var text = await context.CallActivityAsync<string>("Nothing");
                return $"{context.GetInput<int>()} {context.GetInput<string>() ?? "null"} {number} {(string?)text ?? "null"}";
            }));

        Assert.Equal("0 null 0 null", await host.ResultAsync<string>("Empty"));
    }

    [Fact]
    public async Task Timer_InThePastOrCancelledBefore_EndsAtOnce()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Hurry", async context =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None);
            await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
            var cancelled = context.CreateTimer(TimeSpan.FromDays(1), new CancellationToken(true));
            await context.CallActivityAsync<int>("Add", 1);
            return cancelled.IsCanceled;
        }));

        Assert.True(await host.ResultAsync<bool>("Hurry"));
    }

    public sealed record Percentage
    {
        public Percentage(int value)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            Value = value;
        }

        public int Value { get; }
    }
}
