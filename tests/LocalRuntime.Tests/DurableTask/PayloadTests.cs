using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Long payloads lie in their own table, are read when the code looks at them, and go with what they belong to.</summary>
public sealed class PayloadTests
{
    private const int Long = 40_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LongPayloads_OfEveryKind_RoundTripAndStayOutOfTheLines(bool sessions)
    {
        await using var host = await StartAsync(options => options.ExtendedSessions = sessions);
        var id = await host.ScheduleAsync("Everything", Text('i'));
        await host.UntilStatusAsync(id, "waits");
        await host.Client.RaiseEventAsync(id, "go", Text('e'), DurableHost.Cancellation);
        var end = await host.EndAsync(id);

        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end.ToString());
        Assert.Equal(Text('i') + Text('a') + Text('s') + Text('e'), end.ReadOutputAs<string>());
        Assert.Equal(Text('i'), end.ReadInputAs<string>());
        Assert.InRange(Number(host, "SELECT MAX(LENGTH(lines)) FROM history"), 1, 4_000);
        Assert.Equal(0, Number(host, "SELECT COUNT(*) FROM instances WHERE LENGTH(output) > 1000"));
        // Input, result, the child's input and output, the child's answer, event and output.
        Assert.Equal(7, Number(host, "SELECT COUNT(*) FROM payloads"));
        var listed = Assert.Single(await host.Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: id, FetchInputsAndOutputs: true)).ToListAsync(DurableHost.Cancellation));
        Assert.Equal(end.SerializedOutput, listed.SerializedOutput);

        await host.Client.PurgeInstanceAsync(id, new PurgeInstanceOptions(Recursive: true), DurableHost.Cancellation);
        AssertEmpty(host);
    }

    [Fact]
    public async Task ShortPayloads_Lines_CarryThem()
    {
        await using var host = await StartAsync();

        Assert.Equal(PayloadTable.InlineLength - 2, (await host.ResultAsync<string>("Echo", new string('x', PayloadTable.InlineLength - 2)))!.Length);

        Assert.Equal(0, Number(host, "SELECT COUNT(*) FROM payloads"));
    }

    [Fact]
    public async Task ActivityInput_Long_ReachesTheActivityInEitherProcess()
    {
        await using var host = await StartAsync();
        await host.AddEngineAsync();

        Assert.Equal(200 * Long, await host.ResultAsync<int>("Measure", 200));
        Assert.Equal(0, Number(host, "SELECT COUNT(*) FROM activities"));
    }

    [Fact]
    public async Task Replay_ResultThatNobodyReads_IsNotFetched()
    {
        await using var host = await StartAsync();
        var id = await host.ScheduleAsync("Careless");
        await host.UntilStatusAsync(id, "waits");
        // Whoever fetched it now would find nothing and set the instance aside.
        Assert.Equal(1, await host.Engine.Store.WriteAsync(session => session.Execute("DELETE FROM payloads")));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "on", DurableHost.Cancellation);

        Assert.Equal("on", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Replay_MissingPayload_SetsTheInstanceAside()
    {
        await using var host = await StartAsync();
        var id = await host.ScheduleAsync("Everything", Text('i'));
        await host.UntilStatusAsync(id, "waits");
        await host.Engine.Store.WriteAsync(session => session.Execute("DELETE FROM payloads"));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", Text('e'), DurableHost.Cancellation);

        var end = await host.EndAsync(id);
        Assert.Contains("missing", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("could not play", host.Engine.Store.Load(id)!.Aside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContinueAsNew_ManyRounds_KeepsThePresentPayloadsOnly()
    {
        await using var host = await StartAsync();
        var id = await host.ScheduleAsync("Rounds", new Round(0, Text('0')));
        await host.Client.RaiseEventAsync(id, "kept", Text('k'), DurableHost.Cancellation);
        await DurableHost.UntilAsync(() => Task.FromResult(host.Engine.Store.Load(id) is { Execution: 6, Rows: > 1 }));

        // The present input and the event that no round has taken yet.
        Assert.Equal(2, Number(host, "SELECT COUNT(*) FROM payloads"));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "end", null, DurableHost.Cancellation);
        Assert.Equal($"5 {Long} {Long}", (await host.EndAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminate_WithWaitingMessages_LeavesNoPayloadWithoutALine(bool before)
    {
        await using var host = await StartAsync();
        var options = new StartOrchestrationOptions("one", before ? TimeProvider.System.GetUtcNow().AddHours(1) : null);
        await host.ScheduleAsync("Everything", Text('i'), options);
        if (!before)
        {
            await host.UntilStatusAsync("one", "waits");
            await host.Client.SuspendInstanceAsync("one", null, DurableHost.Cancellation);
            await host.UntilStatusAsync("one", OrchestrationRuntimeStatus.Suspended);
        }

        await host.Engine.DisposeAsync();
        await using (var writer = new DurableEngine(new() { Path = host.File }, host.Functions))
        {
            // Not started, so that all of it lies in the inbox together.
            await writer.Client.RaiseEventAsync("one", "go", Text('1'), DurableHost.Cancellation);
            await writer.Client.TerminateInstanceAsync("one", Text('t'), DurableHost.Cancellation);
            await writer.Client.RaiseEventAsync("one", "go", Text('2'), DurableHost.Cancellation);
        }

        await host.RestartAsync();
        Assert.Equal(Text('t'), (await host.EndAsync("one")).ReadOutputAs<string>());

        AssertEachIsReferred(host);
        await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), DurableHost.Cancellation);
        AssertEmpty(host);
    }

    [Fact]
    public async Task Replace_AndRestart_LeaveNothingOfTheOld()
    {
        await using var host = await StartAsync();
        await host.ScheduleAsync("Echo", Text('a'), new StartOrchestrationOptions("one"));
        await host.EndAsync("one");
        Assert.Equal("one", await host.Client.RestartAsync("one", false, DurableHost.Cancellation));
        Assert.Equal(Text('a'), (await host.EndAsync("one")).ReadOutputAs<string>());
        await host.ScheduleAsync("Echo", "b", new StartOrchestrationOptions("one"));
        await host.EndAsync("one");

        Assert.Equal(0, Number(host, "SELECT COUNT(*) FROM payloads"));
    }

    [Fact]
    public async Task FileOfVersion1_WithARunningInstance_OpensAndGoesOn()
    {
        using var scratch = new ScratchDirectory();
        var path = scratch.File("durable.db");
        var functions = Functions(new TestFunctions());
        string id;
        await using (var first = new DurableEngine(new() { Path = path }, functions))
        {
            await first.StartAsync(DurableHost.Cancellation);
            id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Careless", DurableHost.Cancellation);
            await DurableHost.UntilAsync(async () => (await first.Client.GetInstanceAsync(id, true, DurableHost.Cancellation))!.SerializedCustomStatus is not null);
        }

        await DowngradeAsync(path);
        await using var second = new DurableEngine(new() { Path = path }, functions);
        await second.StartAsync(DurableHost.Cancellation);
        await second.Client.RaiseEventAsync(id, "go", Text('e'), DurableHost.Cancellation);
        var end = await second.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);

        Assert.Equal(Text('e'), end.ReadOutputAs<string>());
        Assert.Equal(2L, second.Store.Read(session => session.Scalar("PRAGMA user_version")));
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Kill_AtAnyCommit_LosesNoPayloadAndLeavesNone(int at)
    {
        using var scratch = new ScratchDirectory();
        var passed = 0;
        var struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Open(scratch, _ =>
        {
            if (Interlocked.Increment(ref passed) >= at)
            {
                struck.TrySetResult();
                throw new IOException("killed");
            }
        });
        try
        {
            await first.StartAsync(DurableHost.Cancellation);
            await ScheduleAsync(first);
            await Task.WhenAny(struck.Task, first.Client.WaitForInstanceCompletionAsync("one", DurableHost.Cancellation));
        }
        catch (IOException)
        {
            // Dead.
        }

        await first.AbandonAsync();
        await using var second = Open(scratch, null);
        await second.StartAsync(DurableHost.Cancellation);
        await ScheduleAsync(second);
        var end = await second.Client.WaitForInstanceCompletionAsync("one", true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);

        Assert.Equal(3 * Long, end.ReadOutputAs<string>()!.Length);
        // The last run's input and the output.
        Assert.Equal(2L, second.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM payloads")));
    }

    private static async Task ScheduleAsync(DurableEngine engine)
    {
        try
        {
            var options = new StartOrchestrationOptions("one").WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Grow", new Round(0, ""), options, DurableHost.Cancellation);
        }
        catch (InvalidOperationException refusal) when (refusal.Message.EndsWith("already exists.", StringComparison.Ordinal))
        {
            // The first life stored it.
        }
    }

    public static TheoryData<int> Kills => [.. Enumerable.Range(3, 18)];

    private static DurableEngine Open(ScratchDirectory scratch, Action<CommitPoint>? faults) => new(
        new DurableEngineOptions
        {
            Path = scratch.File("durable.db"),
            Lease = TimeSpan.FromMilliseconds(150),
            PollInterval = TimeSpan.FromMilliseconds(20),
            Faults = faults,
        },
        Functions(new TestFunctions()));

    private static async Task DowngradeAsync(string path)
    {
        using var store = new DurableStore(path, null);
        await store.WriteAsync(session =>
        {
            session.Execute("DROP TABLE payloads");
            session.Execute("ALTER TABLE inbox DROP COLUMN payload");
            session.Execute("ALTER TABLE instances DROP COLUMN output_payload");
            // The activity's result stood in its line, as those of version 1 do.
            session.Execute("UPDATE history SET lines = CAST(REPLACE(CAST(lines AS TEXT), '\"p\":', '\"d\":\"\\\"short\\\"\",\"q\":') AS BLOB)");
            return session.Execute("PRAGMA user_version = 1");
        });
    }

    private static Task<DurableHost> StartAsync(Action<DurableEngineOptions>? options = null) => DurableHost.StartAsync(functions => Functions(functions), options);

    private static TestFunctions Functions(TestFunctions functions) => functions
        .Activity<char, string>("Make", Text)
        .Activity<string, int>("Length", text => text.Length)
        .Orchestrator("Measure", async context => (await Task.WhenAll(
            Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CallActivityAsync<int>("Length", Text('m'))))).Sum())
        .Orchestrator("Echo", context => Task.FromResult(context.GetInput<string>()))
        .Orchestrator("Everything", async context =>
        {
            var text = context.GetInput<string>() + await context.CallActivityAsync<string>("Make", 'a');
            text += await context.CallSubOrchestratorAsync<string>("Echo", Text('s'));
            context.SetCustomStatus("waits");
            return text + await context.WaitForExternalEvent<string>("go");
        })
        .Orchestrator("Careless", async context =>
        {
            await context.CallActivityAsync("Make", 'a');
            context.SetCustomStatus("waits");
            return await context.WaitForExternalEvent<string>("go");
        })
        .Orchestrator("Grow", async context =>
        {
            var round = context.GetInput<Round>()!;
            if (round.Number == 3)
            {
                return round.Text;
            }

            context.ContinueAsNew(new Round(round.Number + 1, round.Text + await context.CallActivityAsync<string>("Make", 'g')));
            return null;
        })
        .Orchestrator("Rounds", async context =>
        {
            var round = context.GetInput<Round>()!;
            if (round.Number < 5)
            {
                await context.CallActivityAsync("Make", 'r');
                context.ContinueAsNew(new Round(round.Number + 1, Text((char)('1' + round.Number))));
                return null;
            }

            await context.WaitForExternalEvent<string>("end");
            return $"{round.Number} {round.Text.Length} {(await context.WaitForExternalEvent<string>("kept")).Length}";
        });

    private static string Text(char letter) => new(letter, Long);

    private static long Number(DurableHost host, string sql) => Convert.ToInt64(
        host.Engine.Store.Read(session => session.Scalar(sql)), System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertEmpty(DurableHost host) => Assert.Equal(0, Number(
        host,
        "SELECT (SELECT COUNT(*) FROM payloads) + (SELECT COUNT(*) FROM history) + (SELECT COUNT(*) FROM inbox) + (SELECT COUNT(*) FROM instances) + (SELECT COUNT(*) FROM timers)"));

    private static void AssertEachIsReferred(DurableHost host) => Assert.Equal(0, Number(
        host,
        """
        SELECT COUNT(*) FROM payloads WHERE key NOT IN (SELECT payload FROM inbox WHERE payload IS NOT NULL)
          AND key NOT IN (SELECT output_payload FROM instances WHERE output_payload IS NOT NULL)
          AND key NOT IN (SELECT json_extract(value, '$.p') FROM history, json_each(CAST(lines AS TEXT)) WHERE json_extract(value, '$.p') IS NOT NULL)
        """));

    private sealed record Round(int Number, string Text);
}
