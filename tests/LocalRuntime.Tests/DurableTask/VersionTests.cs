using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Abstractions;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>Which engine runs an instance of which version, and what becomes of it where none fits.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "1.0", -1)]
    [InlineData("1.0", " ", 1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("2.0", "1.10", 1)]
    [InlineData("1.0", "1.0.0", -1)]
    [InlineData("v2-beta", "V2-BETA", 0)]
    [InlineData("2025-01-02", "2025-01-01", 1)]
    [InlineData("5", "10", 1)]
    public void Compare_TwoVersions_FollowsTheOfficialRules(string one, string other, int order) =>
        Assert.Equal(order, Math.Sign(TaskOrchestrationVersioningUtils.CompareVersions(one, other)));

    [Fact]
    public async Task Strict_TwoEnginesOfTwoVersions_EachTakesItsOwn()
    {
        await using var host = await DurableHost.StartAsync(functions => Functions(functions, "one"), options => Version(options, "1.0", VersionMatch.Strict));
        var two = await host.AddEngineAsync(options => Version(options, "2.0", VersionMatch.Strict), Functions(new TestFunctions(), "two"));

        // Each engine starts instances of both versions, so each gets some that it must pass on.
        var ids = new List<(string Id, string Runner)>();
        for (var i = 0; i < 20; i++)
        {
            var (client, version, runner) = (i % 2 == 0 ? host.Client : two.Client, i % 4 < 2 ? "1.0" : "2.0", i % 4 < 2 ? "one" : "two");
            var options = new StartOrchestrationOptions($"i{i}") { Version = version };
            ids.Add((await client.ScheduleNewOrchestrationInstanceAsync("Who", 1, options, DurableHost.Cancellation), runner));
        }

        foreach (var (id, runner) in ids)
        {
            await (runner == "one" ? two : host.Engine).Client.RaiseEventAsync(id, "go", runner, DurableHost.Cancellation);
            Assert.Equal($"{runner} {runner} {runner}", (await host.EndAsync(id)).ReadOutputAs<string>());
        }
    }

    [Fact]
    public async Task Reject_NewerInstance_IsLeftFreeOnceAndTakenByTheRightEngine()
    {
        var logs = new CountedLogs("is left to another");
        await using var host = await DurableHost.StartAsync(functions => Functions(functions, "old"), options =>
        {
            Version(options, "1.0", VersionMatch.CurrentOrOlder);
            options.LoggerFactory = logs;
        });
        var id = await host.ScheduleAsync("Who", 1, new StartOrchestrationOptions { Version = "1.1" });
        await DurableHost.UntilAsync(() => Task.FromResult(IsFree(host, id)));
        Assert.Equal("old old old", await ResultAsync(host, "1.0"));
        Assert.Equal("old old old", await ResultAsync(host, ""));

        Assert.Equal(OrchestrationRuntimeStatus.Pending, host.Engine.Store.Load(id)!.Status);
        Assert.Equal(1, logs.Count);
        var right = await host.AddEngineAsync(options => Version(options, "1.1", VersionMatch.CurrentOrOlder), Functions(new TestFunctions(), "new"));
        await host.Client.RaiseEventAsync(id, "go", "new", DurableHost.Cancellation);
        var end = await right.Client.WaitForInstanceCompletionAsync(id, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        Assert.Equal("new new new", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Reject_ManyNewerInstances_DoNotHoldUpTheOthers()
    {
        await using var host = await DurableHost.StartAsync(functions => Functions(functions, "old"));
        await host.Engine.DisposeAsync();
        await using (var writer = new DurableEngine(new() { Path = host.File }, host.Functions))
        {
            // More than one claim takes, in several versions, before the one that fits.
            for (var i = 0; i < 400; i++)
            {
                await writer.Client.ScheduleNewOrchestrationInstanceAsync("Quick", 1, new StartOrchestrationOptions { Version = $"2.{i % 3}" }, DurableHost.Cancellation);
            }

            await writer.Client.ScheduleNewOrchestrationInstanceAsync("Quick", 1, new StartOrchestrationOptions("fits") { Version = "0.9" }, DurableHost.Cancellation);
        }

        await host.RestartAsync(options => Version(options, "1.0", VersionMatch.CurrentOrOlder));

        Assert.Equal("0.9", (await host.EndAsync("fits")).ReadOutputAs<string>());
        Assert.Equal(400L, host.Engine.Store.Read(session => session.Scalar("SELECT COUNT(*) FROM instances WHERE pending = 1 AND owner IS NULL")));
    }

    [Theory]
    [InlineData(nameof(VersionMatch.Strict), "0.9", "does not match the worker version '1.0'")]
    [InlineData(nameof(VersionMatch.CurrentOrOlder), "1.1", "is greater than the worker version '1.0'")]
    public async Task Fail_OtherVersion_FailsAndTheRightEngineMayRewindIt(string match, string version, string message)
    {
        await using var host = await DurableHost.StartAsync(functions => Functions(functions, "any"), options =>
        {
            Version(options, "1.0", Enum.Parse<VersionMatch>(match));
            options.VersionFailure = VersionFailure.Fail;
        });
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("one") { Version = version });
        var end = await host.EndAsync("one");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("VersionMismatch", end.FailureDetails!.ErrorType);
        Assert.Contains(message, end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        await host.RestartAsync(options => Version(options, version, VersionMatch.Strict));
        await host.Client.RewindInstanceAsync("one", "the right engine", DurableHost.Cancellation);
        Assert.Equal(version, (await host.EndAsync("one")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task None_AnyVersion_Runs()
    {
        await using var host = await DurableHost.StartAsync(functions => Functions(functions, "any"), options => Version(options, "1.0", VersionMatch.None));

        Assert.Equal("any any any", await ResultAsync(host, "7.0"));
    }

    [Fact]
    public async Task Versions_OfChildrenAndActivities_AreTheOfficialDefaults()
    {
        await using var host = await DurableHost.StartAsync(
            functions => Functions(functions, "any").Orchestrator("Parent", async context => string.Join(
                ' ',
                context.Version,
                context.CompareVersionTo("1.5"),
                await context.CallSubOrchestratorAsync<string>("Quick", 1),
                await context.CallSubOrchestratorAsync<string>("Quick", 1, new SubOrchestrationOptions { Version = "0.3" }),
                await context.CallActivityAsync<string>("Version", 1),
                await context.CallActivityAsync<string>("Version", 1, new TaskOptions { Version = "0.4" }))),
            options => Version(options, "2.0", VersionMatch.CurrentOrOlder));
        await host.ScheduleAsync("Parent", null, new StartOrchestrationOptions("one") { Version = "1.2" });
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("two"));
        await host.ScheduleAsync("Quick", 1, new StartOrchestrationOptions("three") { Version = TaskVersion.Unversioned });

        Assert.Equal("1.2 -1 2.0 0.3 1.2 0.4", (await host.EndAsync("one")).ReadOutputAs<string>());
        Assert.Equal("2.0", (await host.EndAsync("two")).ReadOutputAs<string>());
        Assert.Equal("", (await host.EndAsync("three")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task ContinueAsNew_ToANewerVersion_MovesToTheEngineThatRunsIt()
    {
        await using var host = await DurableHost.StartAsync(functions => Moving(functions, "old"), options => Version(options, "1.0", VersionMatch.Strict));
        await host.AddEngineAsync(options => Version(options, "2.0", VersionMatch.Strict), Moving(new TestFunctions(), "new"));

        Assert.Equal("old 1.0, new 2.0", await host.ResultAsync<string>("Move", ""));

        static TestFunctions Moving(TestFunctions functions, string runner) => functions.Orchestrator("Move", context =>
        {
            var text = context.GetInput<string>() + $"{runner} {context.Version}";
            if (context.Version == "1.0")
            {
                context.ContinueAsNew(new ContinueAsNewOptions { NewInput = text + ", ", NewVersion = "2.0" });
            }

            return Task.FromResult(text);
        });
    }

    private static bool IsFree(DurableHost host, string id) =>
        host.Engine.Store.Read(session => session.Scalar("SELECT 1 FROM instances WHERE id = $1 AND pending = 1 AND owner IS NULL", id)) is not null;

    private static void Version(DurableEngineOptions options, string version, VersionMatch match)
    {
        options.DefaultVersion = version;
        options.VersionMatch = match;
    }

    private static async Task<string?> ResultAsync(DurableHost host, string version)
    {
        var id = await host.ScheduleAsync("Who", 1, new StartOrchestrationOptions { Version = version });
        var runner = host.Functions.Name;
        await host.Client.RaiseEventAsync(id, "go", runner, DurableHost.Cancellation);
        return (await host.EndAsync(id)).ReadOutputAs<string>();
    }

    private static TestFunctions Functions(TestFunctions functions, string runner)
    {
        functions.Name = runner;
        return functions
            .Activity<int, string>("Version", (context, _, _) => Task.FromResult(context.Version))
            .Orchestrator("Quick", context => Task.FromResult(context.Version))
            .Orchestrator("Who", async context =>
            {
                var before = runner;
                await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                return $"{before} {runner} {await context.WaitForExternalEvent<string>("go")}";
            });
    }

    private sealed class CountedLogs(string part) : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> found = [];

        public int Count => found.Count;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            if (text.Contains(part, StringComparison.Ordinal))
            {
                found.Enqueue(text);
            }
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
