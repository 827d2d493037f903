using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

public sealed class OperationTests
{
    private static readonly EntityInstanceId Counter = new("Counter", "one");

    [Fact]
    public async Task Signals_FromManyClients_AreAllCounted()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            for (var i = 0; i < 50; i++)
            {
                await host.Engine.SignalAsync(Counter, "add", 1);
            }
        }));

        await host.Engine.UntilStateAsync(Counter, 1000);
        Assert.Equal(0, host.Engine.Waiting());
    }

    [Fact]
    public async Task Signals_OfOneSender_KeepTheirOrder()
    {
        var log = new EntityInstanceId("LOG", "order");
        await using var host = await DurableHost.StartAsync(
            functions => functions.AddEntities().Orchestrator("Send", async context =>
            {
                for (var i = 0; i < 300; i++)
                {
                    await context.Entities.SignalEntityAsync(log, "Write", $"{i}");
                }
            }),
            options => options.MaxEntityBatch = 7);

        await host.RunAsync("Send");
        await DurableHost.UntilAsync(async () => (await host.Engine.StateAsync<List<string>>(log))?.Count == 300);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), await host.Engine.StateAsync<List<string>>(log));
    }

    [Fact]
    public async Task Calls_FromManyOrchestrations_EachGetTheirOwnResult()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.ResultAsync<int>("Add", "all")));

        Assert.Equal(Enumerable.Range(1, 100), results.Order());
    }

    [Fact]
    public async Task Calls_ByTheHundred_ReplayTheSame()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Many", async context =>
        {
            var seen = new List<int>();
            for (var i = 0; i < 300; i++)
            {
                seen.Add(await context.Entities.CallEntityAsync<int>(Counter, "add", 1));
            }

            context.SetCustomStatus("ready");
            await context.WaitForExternalEvent<string>("go");
            return seen.SequenceEqual(Enumerable.Range(1, 300));
        }));
        var id = await host.ScheduleAsync("Many");
        await host.UntilStatusAsync(id, "ready");

        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.True((await host.EndAsync(id)).ReadOutputAs<bool>());
        Assert.Equal(300, await host.Engine.StateAsync<int>(Counter));
    }

    [Fact]
    public async Task OrchestratorChanged_ToAnotherEntityCall_FailsNamingBoth()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Call", async context =>
        {
            await context.Entities.CallEntityAsync<int>(Counter, "add", 1);
            context.SetCustomStatus("ready");
            await context.WaitForExternalEvent<string>("go");
        }));
        var id = await host.ScheduleAsync("Call");
        await host.UntilStatusAsync(id, "ready");
        host.Functions.Orchestrator("Call", async context =>
        {
            await context.Entities.CallEntityAsync<int>(Counter, "reset");
            await context.WaitForExternalEvent<string>("go");
        });

        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);
        var end = await host.EndAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("call of operation 'add' of entity '@counter@one'", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("call of operation 'reset'", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedOperation_ChangesAndSendsNothing_AndItsCallerIsTold()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Try", async context =>
        {
            await context.Entities.CallEntityAsync<int>(Counter, "add", 5);
            try
            {
                await context.Entities.CallEntityAsync<int>(Counter, "addAndFail", 100);
                return "no failure";
            }
            catch (EntityOperationFailedException failure)
            {
                var now = await context.Entities.CallEntityAsync<int>(Counter, "get");
                return $"{failure.EntityId} {failure.OperationName} {failure.FailureDetails.IsCausedBy<InvalidDataException>()} {failure.Message} {now}";
            }
        }));

        var text = await host.ResultAsync<string>("Try");

        Assert.Equal("@counter@one addAndFail True Operation 'addAndFail' of entity '@counter@one' failed: no 100 5", text);
        Assert.Null(await host.Engine.FindAsync(new EntityInstanceId("counter", "other")));
        Assert.Null(await host.Engine.FindAsync(new EntityInstanceId("log", "notes")));
    }

    [Fact]
    public async Task FailedOperation_BetweenOthersOfABatch_IsTheOnlyOneWithoutEffect()
    {
        using var gate = new SemaphoreSlim(0);
        var id = new EntityInstanceId("gated", "one");
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Entity("Gated", async operation =>
        {
            if (operation.Name == "wait")
            {
                await gate.WaitAsync(DurableHost.Cancellation);
                return null;
            }

            var list = operation.State.GetState<List<string>>([])!;
            list.Add(operation.GetInput<string>()!);
            operation.State.SetState(list);
            operation.Context.SignalEntity(new EntityInstanceId("log", "out"), "write", operation.GetInput<string>());
            return operation.Name == "fail" ? throw new InvalidDataException() : null;
        }));
        await host.Engine.SignalAsync(id, "wait");
        await host.Engine.SignalAsync(id, "write", "a");
        await host.Engine.SignalAsync(id, "fail", "b");
        await host.Engine.SignalAsync(id, "write", "c");
        gate.Release();
        await DurableHost.UntilAsync(async () => (await host.Engine.StateAsync<List<string>>(new EntityInstanceId("log", "out")))?.Count == 2);

        Assert.Equal(["a", "c"], await host.Engine.StateAsync<List<string>>(id));
        Assert.Equal(["a", "c"], await host.Engine.StateAsync<List<string>>(new EntityInstanceId("log", "out")));
    }

    [Fact]
    public async Task Entity_SignalsAnotherAndStartsAnOrchestration()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities().Orchestrator("Ask", async context =>
        {
            var log = new EntityInstanceId("log", "first");
            await context.Entities.CallEntityAsync(log, "tell", "second");
            return await context.Entities.CallEntityAsync<string>(log, "start", "hello");
        }));

        var started = await host.ResultAsync<string>("Ask");
        var end = await host.EndAsync(started!);
        await DurableHost.UntilAsync(async () => await host.Engine.FindAsync(new EntityInstanceId("log", "notes")) is not null);

        Assert.Equal("Note", end.Name);
        Assert.Equal(["hello"], await host.Engine.StateAsync<List<string>>(new EntityInstanceId("log", "notes")));
        Assert.Equal(["from first"], await host.Engine.StateAsync<List<string>>(new EntityInstanceId("log", "second")));
    }

    [Fact]
    public async Task Entity_ThatDoesNotExist_IsRefusedOrFailsTheCall()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Call", context =>
            context.Entities.CallEntityAsync(new EntityInstanceId("nobody", "1"), "add", 1)));

        await Assert.ThrowsAsync<ArgumentException>(() => host.Engine.SignalAsync(new EntityInstanceId("nobody", "1"), "add", 1));
        var end = await host.RunAsync("Call");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("no entity function named 'nobody'", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operation_ThatRunsLong_IsAnsweredBeforeTheNextOnes()
    {
        // Each operation is longer than a batch may be, so the first caller is answered while the second operation still runs.
        using var gate = new SemaphoreSlim(0);
        var id = new EntityInstanceId("slow", "one");
        await using var host = await DurableHost.StartAsync(functions => functions
            .Entity("Slow", async operation =>
            {
                await Task.Delay(600, DurableHost.Cancellation);
                if (operation.Name == "second")
                {
                    await gate.WaitAsync(DurableHost.Cancellation);
                }

                return operation.Name;
            })
            .Orchestrator("Call", async context =>
            {
                var first = context.Entities.CallEntityAsync<string>(id, "first");
                await context.Entities.SignalEntityAsync(id, "second");
                return await first;
            }));

        Assert.Equal("first", await host.ResultAsync<string>("Call"));

        Assert.Equal(1, host.Engine.Waiting());
        gate.Release();
    }

    [Fact]
    public async Task TwoEntities_WithCodeThatWaits_RunAtOnce()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await DurableHost.StartAsync(functions => functions
            .Entity("Meet", async operation =>
            {
                (operation.Context.Id.Key == "1" ? first : second).TrySetResult();
                await Task.WhenAll(first.Task, second.Task);
                return operation.Context.Id.Key;
            })
            .Orchestrator("Both", async context => string.Concat(await Task.WhenAll(
                context.Entities.CallEntityAsync<string>(new EntityInstanceId("meet", "1"), "x"),
                context.Entities.CallEntityAsync<string>(new EntityInstanceId("meet", "2"), "x")))));

        Assert.Equal("12", await host.ResultAsync<string>("Both"));
    }
}
