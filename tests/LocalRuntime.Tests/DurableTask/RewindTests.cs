using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>A failed instance runs again from its failure: what succeeded stays, what failed is done once more.</summary>
public sealed class RewindTests
{
    private static readonly TaskOptions Thrice = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMilliseconds(1)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sequence_FailedActivity_RunsAgainAndOthersDoNot(bool sessions)
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Three", async context =>
            $"{await context.CallActivityAsync<string>("Do", "a")} {await context.CallActivityAsync<string>("Do", "b")} {await context.CallActivityAsync<string>("Do", "c")}"),
            options => options.ExtendedSessions = sessions);
        work.Broken("b");
        var failed = await host.RunAsync("Three");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, failed.RuntimeStatus);

        work.Mended();
        await RewindAsync(host, failed.InstanceId);
        var end = await host.EndAsync(failed.InstanceId);

        Assert.Equal("a b c", end.ReadOutputAs<string>());
        Assert.Null(end.FailureDetails);
        Assert.Equal(["a 1", "b 2", "c 1"], work.Runs);
    }

    [Fact]
    public async Task Retries_LastAttempt_RunsAgainAndReplaysEverAfter()
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Retry", async context =>
        {
            var text = await context.CallActivityAsync<string>("Do", "a", Thrice);
            context.SetCustomStatus("waits");
            return text + await context.WaitForExternalEvent<string>("go") + await context.CallActivityAsync<string>("Do", "b", Thrice);
        }));
        work.Broken("a");
        var id = (await host.RunAsync("Retry")).InstanceId;
        Assert.Equal(["a 3"], work.Runs);

        work.Mended();
        await RewindAsync(host, id);
        await host.UntilStatusAsync(id, "waits");
        await host.RestartAsync();
        work.Broken("b");
        await host.Client.RaiseEventAsync(id, "go", "-", DurableHost.Cancellation);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
        work.Mended();
        await RewindAsync(host, id);

        Assert.Equal("a-b", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a 4", "b 4"], work.Runs);
    }

    [Fact]
    public async Task FanOut_AllThatFailed_RunAgain()
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Fan", async context =>
            string.Concat(await Task.WhenAll("abcdef".Select(letter => context.CallActivityAsync<string>("Do", letter.ToString()))))));
        work.Broken("b", "d", "e");
        var id = (await host.RunAsync("Fan")).InstanceId;
        work.Mended();
        await RewindAsync(host, id);

        Assert.Equal("abcdef", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a 1", "b 2", "c 1", "d 2", "e 2", "f 1"], work.Runs);
    }

    [Fact]
    public async Task Failure_ThatTheCodeCaughtAndWentOnFrom_Stays()
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Careful", async context =>
        {
            var plan = await Task.WhenAll(new[] { "a", "b", "c" }.Select(async letter =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Do", letter);
                }
                catch (TaskFailedException)
                {
                    return "?";
                }
            }));
            return string.Concat(plan) + await context.CallActivityAsync<string>("Do", "d");
        }));
        work.Broken("a", "c", "d");
        var id = (await host.RunAsync("Careful")).InstanceId;
        work.Mended();
        await RewindAsync(host, id);

        Assert.Equal("?b?d", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a 1", "b 1", "c 1", "d 2"], work.Runs);
    }

    [Fact]
    public async Task ParallelBranches_OneFailedEarly_RunsAgainBesideTheFinishedOne()
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Branches", async context =>
        {
            var words = await Task.WhenAll(BranchAsync("a", "b", "c"), BranchAsync("x", "y", "z"));
            return string.Join(' ', words);

            async Task<string> BranchAsync(params string[] steps)
            {
                var word = "";
                foreach (var step in steps)
                {
                    word += await context.CallActivityAsync<string>("Do", step);
                }

                return word;
            }
        }));
        work.Broken("x");
        var id = (await host.RunAsync("Branches")).InstanceId;
        work.Mended();
        await RewindAsync(host, id);

        Assert.Equal("abc xyz", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a 1", "b 1", "c 1", "x 2", "y 1", "z 1"], work.Runs);
    }

    [Fact]
    public async Task Family_FailedGrandchild_IsRewoundWithItsParents()
    {
        var work = new Work();
        await using var host = await FamilyAsync(work);
        work.Broken("bad");
        await host.ScheduleAsync("Family", 2, new StartOrchestrationOptions("level-2"));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync("level-2")).RuntimeStatus);
        work.Mended();
        await RewindAsync(host, "level-2");

        Assert.Equal("good bad good", (await host.EndAsync("level-2")).ReadOutputAs<string>());
        Assert.Equal(["bad 2", "good 2"], work.Runs);
        foreach (var id in (string[])["level-1", "level-0"])
        {
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.EndAsync(id)).RuntimeStatus);
        }
    }

    [Theory]
    [InlineData("purge")]
    [InlineData("terminate")]
    [InlineData("rewind")]
    public async Task Family_ChildThatIsNoLongerFailed_IsTakenAsItIs(string what)
    {
        var work = new Work();
        await using var host = await FamilyAsync(work);
        work.Broken("bad");
        await host.ScheduleAsync("Family", 1, new StartOrchestrationOptions("level-1"));
        if (what == "terminate")
        {
            work.Held("bad");
            await DurableHost.UntilAsync(() => Task.FromResult(work.Runs.Contains("bad 1")));
            await host.Client.TerminateInstanceAsync("level-0", DurableHost.Cancellation);
        }

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync("level-1")).RuntimeStatus);
        work.Mended();
        if (what == "purge")
        {
            await host.Client.PurgeInstanceAsync("level-0", DurableHost.Cancellation);
        }
        else if (what == "rewind")
        {
            // On its own first: nobody waits for its answer then.
            await RewindAsync(host, "level-0");
            await host.EndAsync("level-0");
        }

        await RewindAsync(host, "level-1");

        Assert.Equal("bad good", (await host.EndAsync("level-1")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Unfit_Instances_AreRefused()
    {
        var work = new Work();
        await using var host = await FamilyAsync(work);
        var done = (await host.RunAsync("Family", 0)).InstanceId;
        var waiting = await host.ScheduleAsync("Wait");

        Assert.Contains("was not found", (await Assert.ThrowsAsync<ArgumentException>(() => RewindAsync(host, "nobody"))).Message, StringComparison.Ordinal);
        Assert.Contains("Completed", (await Assert.ThrowsAsync<InvalidOperationException>(() => RewindAsync(host, done))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RewindAsync(host, waiting));
        await Assert.ThrowsAsync<ArgumentException>(() => RewindAsync(host, ""));
    }

    [Fact]
    public async Task NewCodeThatDidNotFit_MendedCode_GoesOn()
    {
        var work = new Work();
        await using var host = await DurableHost.StartAsync(functions => work.Add(functions).Orchestrator("Job", TwoSteps));
        var id = await host.ScheduleAsync("Job");
        await host.UntilStatusAsync(id, "waits");
        await host.Engine.DisposeAsync();
        host.Functions.Orchestrator("Job", async context => await context.CallActivityAsync<int>("Add", 1));
        await host.RestartAsync();
        await host.Client.RaiseEventAsync(id, "go", "!", DurableHost.Cancellation);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.EndAsync(id)).RuntimeStatus);
        host.Functions.Orchestrator("Job", TwoSteps);
        await RewindAsync(host, id);
        Assert.Equal("a!b", (await host.EndAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a 1", "b 1"], work.Runs);

        static async Task<string> TwoSteps(TaskOrchestrationContext context)
        {
            var text = await context.CallActivityAsync<string>("Do", "a");
            context.SetCustomStatus("waits");
            text += await context.WaitForExternalEvent<string>("go");
            text += await context.CallActivityAsync<string>("Do", "b");
            await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            return text;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Crash_AroundTheRewind_LeavesAllOrNothing(bool after)
    {
        var point = after ? CommitPoint.After : CommitPoint.Before;
        var work = new Work();
        var armed = false;
        await using var host = await FamilyAsync(work, options => options.Faults = at =>
        {
            if (Volatile.Read(ref armed) && at == point)
            {
                throw new IOException("killed");
            }
        });
        work.Broken("bad");
        await host.ScheduleAsync("Family", 2, new StartOrchestrationOptions("level-2"));
        await host.EndAsync("level-2");
        work.Mended();
        Volatile.Write(ref armed, true);
        await Assert.ThrowsAsync<IOException>(() => RewindAsync(host, "level-2"));
        await host.Engine.AbandonAsync();
        var heir = await host.AddEngineAsync(options => options.Lease = TimeSpan.FromMilliseconds(200));

        var all = (await heir.Client.GetAllInstancesAsync().ToListAsync(DurableHost.Cancellation)).Where(one => one.RuntimeStatus == OrchestrationRuntimeStatus.Failed).ToList();
        if (point == CommitPoint.Before)
        {
            Assert.Equal(3, all.Count);
            await heir.Client.RewindInstanceAsync("level-2", "again", DurableHost.Cancellation);
        }

        await DurableHost.UntilAsync(async () => (await heir.Client.GetInstanceAsync("level-2", DurableHost.Cancellation))!.RuntimeStatus == OrchestrationRuntimeStatus.Completed);
        Assert.Equal(["bad 2", "good 2"], work.Runs);
    }

    private static Task RewindAsync(DurableHost host, string id) => host.Client.RewindInstanceAsync(id, "mended", DurableHost.Cancellation);

    private static Task<DurableHost> FamilyAsync(Work work, Action<DurableEngineOptions>? options = null) => DurableHost.StartAsync(
        functions => work.Add(functions)
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("never"))
            .Orchestrator("Family", async context =>
            {
                var level = context.GetInput<int>();
                if (level == 0)
                {
                    return await context.CallActivityAsync<string>("Do", "bad");
                }

                var child = await context.CallSubOrchestratorAsync<string>("Family", level - 1, new SubOrchestrationOptions(instanceId: $"level-{level - 1}"));
                var word = await context.CallActivityAsync<string>("Do", "good");
                return level == 2 ? $"{word} {child}" : $"{child} {word}";
            }),
        options);

    /// <summary>An activity that fails for some words, and counts its runs.</summary>
    private sealed class Work
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<string, int> runs = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource mended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string[] broken = [];
        private string[] held = [];

        public IReadOnlyList<string> Runs
        {
            get
            {
                lock (gate)
                {
                    return [.. runs.Select(run => $"{run.Key} {run.Value}")];
                }
            }
        }

        public void Broken(params string[] words) => broken = words;

        public void Held(params string[] words)
        {
            held = words;
            broken = [];
        }

        public void Mended()
        {
            broken = held = [];
            mended.TrySetResult();
        }

        public TestFunctions Add(TestFunctions functions) => functions.Activity<string, string>("Do", async (_, word, cancellation) =>
        {
            lock (gate)
            {
                runs[word] = runs.GetValueOrDefault(word) + 1;
            }

            if (held.Contains(word))
            {
                await mended.Task.WaitAsync(cancellation);
            }

            return broken.Contains(word) ? throw new InvalidDataException(word) : word;
        });
    }
}
