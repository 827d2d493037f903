using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

public sealed class ContinueAsNewTests
{
    [Fact]
    public async Task ContinueAsNew_SuspendedInTheSameTurn_StaysSuspendedAndKeepsLaterEvents()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Loop", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                await context.WaitForExternalEvent<string>("go");
                context.ContinueAsNew(1);
                return null;
            }

            return await context.WaitForExternalEvent<string>("late");
        }));
        var id = await host.ScheduleAsync("Loop", 0);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Running);
        await host.Engine.DisposeAsync();
        await using (var writer = new DurableEngine(new() { Path = host.File }, host.Functions))
        {
            // Not started: the three lie together in the inbox until an engine comes.
            await writer.Client.RaiseEventAsync(id, "go", "now", DurableHost.Cancellation);
            await writer.Client.SuspendInstanceAsync(id, null, DurableHost.Cancellation);
            await writer.Client.RaiseEventAsync(id, "late", "kept", DurableHost.Cancellation);
        }

        await host.RestartAsync();
        await DurableHost.UntilAsync(async () => (await host.Client.GetInstanceAsync(id, true, DurableHost.Cancellation))!.ReadInputAs<int>() == 1);
        await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
        await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);

        Assert.Equal("kept", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ContinueAsNew_EventsBeforeDuringAndAfterTheLastTurn_KeepTheirOrder(bool suspended)
    {
        var (reached, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Collect", async context =>
        {
            if (context.GetInput<int>() == 0)
            {
                await context.WaitForExternalEvent<string>("go");
                reached.TrySetResult();
                // The turn is held here, so that events come in while it is played.
                release.Task.Wait(DurableHost.Cancellation);
                context.ContinueAsNew(1);
                return "";
            }

            var seen = "";
            while (seen.Length < 9)
            {
                seen += await context.WaitForExternalEvent<string>("letter");
            }

            return seen;
        }));
        var id = await host.ScheduleAsync("Collect", 0);
        await SendAsync("abc");
        await host.Client.RaiseEventAsync(id, "go", "", DurableHost.Cancellation);
        await reached.Task.WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        await SendAsync("d");
        if (suspended)
        {
            await host.Client.SuspendInstanceAsync(id, null, DurableHost.Cancellation);
        }

        await SendAsync("ef");
        release.SetResult();
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Load(id) is { Execution: 2, Rows: > 1 }));
        await SendAsync("gh");
        if (suspended)
        {
            await host.UntilStatusAsync(id, OrchestrationRuntimeStatus.Suspended);
            await host.Client.ResumeInstanceAsync(id, null, DurableHost.Cancellation);
        }

        await SendAsync("i");

        Assert.Equal("abcdefghi", (await host.EndAsync(id)).ReadOutputAs<string>());

        async Task SendAsync(string letters)
        {
            foreach (var letter in letters)
            {
                await host.Client.RaiseEventAsync(id, "letter", letter.ToString(), DurableHost.Cancellation);
            }
        }
    }

    [Fact]
    public async Task ContinueAsNew_CustomStatus_StaysUntilTheNextRunSetsOne()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.Orchestrator("Monitor", async context =>
        {
            var round = context.GetInput<int>();
            var word = await context.WaitForExternalEvent<string>("word");
            if (round == 2)
            {
                context.SetCustomStatus(null);
                await context.WaitForExternalEvent<string>("end");
                return;
            }

            context.SetCustomStatus(word);
            context.ContinueAsNew(round + 1);
        }));
        var id = await host.ScheduleAsync("Monitor", 1);
        await host.Client.RaiseEventAsync(id, "word", "seen", DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Load(id) is { Execution: 2, Rows: > 1 }));
        Assert.Equal("seen", (await host.Client.GetInstanceAsync(id, true, DurableHost.Cancellation))!.ReadCustomStatusAs<string>());

        await host.Client.RaiseEventAsync(id, "word", "last", DurableHost.Cancellation);
        await DurableHost.UntilAsync(async () => (await host.Client.GetInstanceAsync(id, true, DurableHost.Cancellation))!.SerializedCustomStatus is null);
    }
}
