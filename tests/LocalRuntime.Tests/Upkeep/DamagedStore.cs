using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.Sqlite;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>
/// A file with one instance that waits for an event, one whose activity is on its way, one whose child waits, and an entity that the second has locked; the
/// engine that made it has stopped, so that a test can damage it.
/// </summary>
internal sealed class DamagedStore : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Folder => scratch.Path;

    public string File => scratch.File("durable.db");

    public static async Task<DamagedStore> MakeAsync()
    {
        var store = new DamagedStore();
        await using var engine = store.Open();
        await engine.StartAsync(DurableHost.Cancellation);
        foreach (var name in new[] { "Waiting", "Busy", "Parent" })
        {
            await engine.Client.ScheduleNewOrchestrationInstanceAsync(name, name, new StartOrchestrationOptions(name), DurableHost.Cancellation);
        }

        await DurableHost.UntilAsync(() => Task.FromResult(engine.Store.Read(session => (long)session.Scalar(
            """
            SELECT (SELECT COUNT(*) FROM activities) + (SELECT COUNT(*) FROM instances WHERE parent IS NOT NULL AND turn = 1)
              + (SELECT COUNT(*) FROM instances WHERE id = 'Waiting' AND turn = 1) + (SELECT COUNT(*) FROM entities WHERE lock_owner IS NOT NULL)
            """)!) == 4));
        return store;
    }

    public DurableEngine Open(string? path = null) => new(
        new DurableEngineOptions { Path = path ?? File, PollInterval = TimeSpan.FromMilliseconds(30), DrainTimeout = TimeSpan.Zero },
        new TestFunctions()
            .Activity<string, string>("Slow", async (_, text, cancellation) =>
            {
                await released.Task.WaitAsync(cancellation);
                return text;
            })
            .Entity("Box", operation => new ValueTask<object?>(operation.Name))
            .Orchestrator("Waiting", async context => await context.WaitForExternalEvent<string>("Go"))
            .Orchestrator("Busy", BusyAsync)
            .Orchestrator("Parent", ParentAsync));

    public void Change(string sql)
    {
        using var session = SqliteSession.Open(File);
        Assert.NotEqual(0, session.Execute(sql));
    }

    public TResult Read<TResult>(Func<SqliteSession, TResult> read)
    {
        using var session = SqliteSession.Open(File);
        return read(session);
    }

    public IReadOnlyList<string> Examine() => Read(session => StoreExamination.Examine(session).Select(finding => finding.ToString()).ToList());

    public void Repair() => Read(session =>
    {
        StoreExamination.Repair(session, DateTimeOffset.UnixEpoch.UtcTicks);
        return true;
    });

    /// <summary>Adds instances "more-0" and on that wait for an event.</summary>
    public async Task AddInstancesAsync(int count)
    {
        await using var engine = Open();
        await engine.StartAsync(DurableHost.Cancellation);
        await Parallel.ForAsync(0, count, DurableHost.Cancellation, async (i, cancellation) =>
            await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waiting", new string('x', 300), new StartOrchestrationOptions($"more-{i}"), cancellation));
        await DurableHost.UntilAsync(() => Task.FromResult(engine.Store.Read(session =>
            (long)session.Scalar("SELECT COUNT(*) FROM instances WHERE id LIKE 'more-%' AND turn = 1")!) == count));
    }

    /// <summary>Lets everything end; how each instance did.</summary>
    public async Task<Dictionary<string, OrchestrationMetadata>> FinishAsync(bool withChild = true)
    {
        released.TrySetResult();
        await using var engine = Open();
        await engine.StartAsync(DurableHost.Cancellation);
        var ends = new Dictionary<string, OrchestrationMetadata>();
        foreach (var id in new[] { "Waiting", "Busy", "Child", "Parent" }.Where(id => withChild || id != "Child"))
        {
            try
            {
                await engine.Client.RaiseEventAsync(id, "Go", "went", DurableHost.Cancellation);
            }
            catch (InvalidOperationException)
            {
                // It has ended already.
            }

            ends[id] = await engine.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        }

        return ends;
    }

    public void Dispose() => scratch.Dispose();

    private static async Task<string> BusyAsync(TaskOrchestrationContext context)
    {
        await using var section = await context.Entities.LockEntitiesAsync(new EntityInstanceId("Box", "one"));
        try
        {
            return await context.CallActivityAsync<string>("Slow", "done");
        }
        catch (TaskFailedException failure)
        {
            return "dealt with " + failure.FailureDetails.ErrorType;
        }
    }

    private static async Task<string> ParentAsync(TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<string>("Waiting", null, new SubOrchestrationOptions(instanceId: "Child"));
        }
        catch (TaskFailedException failure)
        {
            return "dealt with " + failure.FailureDetails.ErrorType;
        }
    }
}
