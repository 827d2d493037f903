using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>Rewinds and long payloads of orchestrations that use entities.</summary>
public sealed class EntityRewindTests
{
    private static readonly EntityInstanceId Counter = new("Counter", "one");

    [Fact]
    public async Task Rewind_AfterEntityCalls_RepeatsTheFailedActivityAndNoCall()
    {
        var broken = true;
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities()
            .Activity<int, int>("Break", value => broken ? throw new InvalidDataException("broken") : value)
            .Orchestrator("Run", async context =>
            {
                int seen;
                await using (await context.Entities.LockEntitiesAsync(Counter))
                {
                    seen = await context.Entities.CallEntityAsync<int>(Counter, "add", 1);
                }

                await context.Entities.SignalEntityAsync(Counter, "add", 10);
                return seen + await context.CallActivityAsync<int>("Break", 100) + await context.Entities.CallEntityAsync<int>(Counter, "get");
            }));
        var id = await host.ScheduleAsync("Run");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
        broken = false;

        await host.Client.RewindInstanceAsync(id, "mended", DurableHost.Cancellation);

        Assert.Equal(1 + 100 + 11, (await host.EndAsync(id)).ReadOutputAs<int>());
        Assert.Equal(11, await host.Engine.StateAsync<int>(Counter));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rewind_OfAFailureInsideACriticalSection_IsRefused(bool disposes)
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Run", async context =>
        {
            var section = await context.Entities.LockEntitiesAsync(Counter);
            try
            {
                await context.CallActivityAsync<string>("Fail", "broken");
            }
            finally
            {
                if (disposes)
                {
                    await section.DisposeAsync();
                }
            }
        }));
        var id = await host.ScheduleAsync("Run");
        await host.EndAsync(id);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RewindInstanceAsync(id, "mended", DurableHost.Cancellation));

        Assert.Contains("critical section", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
        Assert.Equal(1, await host.ResultAsync<int>("Add", "one"));
    }

    [Fact]
    public async Task LongResultOfAnOperation_ComesBackAfterARestart()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities()
            .Entity("Long", operation => ValueTask.FromResult<object?>(new string('x', operation.GetInput<int>())))
            .Orchestrator("Read", async context =>
            {
                var text = await context.Entities.CallEntityAsync<string>(new EntityInstanceId("long", "1"), "make", 500_000);
                await context.Entities.CallEntityAsync(new EntityInstanceId("long", "1"), "make", 500_000);
                context.SetCustomStatus("ready");
                await context.WaitForExternalEvent<string>("go");
                return text.Length;
            }));
        var id = await host.ScheduleAsync("Read");
        await host.UntilStatusAsync(id, "ready");

        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal(500_000, (await host.EndAsync(id)).ReadOutputAs<int>());
    }
}
