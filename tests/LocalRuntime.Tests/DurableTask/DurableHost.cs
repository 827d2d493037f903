using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.DurableTask;

/// <summary>An engine on a file of its own, with functions of the test.</summary>
internal sealed class DurableHost : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come; generous, since machines are busy.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly ScratchDirectory scratch = new();
    private readonly List<DurableEngine> engines = [];

    public TestFunctions Functions { get; } = new TestFunctions()
        .Activity<int, int>("Add", value => value + 1)
        .Activity<string, string>("Fail", string (text) => throw new InvalidDataException(text));

    public DurableEngine Engine { get; private set; } = null!;

    public DurableTaskClient Client => Engine.Client;

    public string File => scratch.File("durable.db");

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<DurableHost> StartAsync(Action<TestFunctions>? functions = null, Action<DurableEngineOptions>? options = null)
    {
        var host = new DurableHost();
        functions?.Invoke(host.Functions);
        host.Engine = await host.AddEngineAsync(options);
        return host;
    }

    /// <summary>Another engine on the same file, as another process would be.</summary>
    public async Task<DurableEngine> AddEngineAsync(Action<DurableEngineOptions>? configure = null, IDurableInvoker? functions = null)
    {
        var options = new DurableEngineOptions { Path = File, PollInterval = TimeSpan.FromMilliseconds(30), DrainTimeout = TimeSpan.FromSeconds(5), HttpClients = () => Http };
        configure?.Invoke(options);
        var engine = new DurableEngine(options, functions ?? Functions);
        engines.Add(engine);
        await engine.StartAsync(Cancellation);
        return engine;
    }

    public async Task RestartAsync(Action<DurableEngineOptions>? configure = null)
    {
        await Engine.DisposeAsync();
        Engine = await AddEngineAsync(configure);
    }

    /// <summary>Sends while no engine runs, so that all of it comes in one turn of the next one.</summary>
    public async Task TogetherAsync(Func<DurableTaskClient, Task> send)
    {
        await Engine.DisposeAsync();
        await using (var writer = new DurableEngine(new() { Path = File }, Functions))
        {
            await send(writer.Client);
        }

        await RestartAsync();
    }

    public Task<string> ScheduleAsync(string name, object? input = null, StartOrchestrationOptions? options = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(name, input, options, Cancellation);

    public async Task<OrchestrationMetadata> EndAsync(string id) => await Client.WaitForInstanceCompletionAsync(id, true, Cancellation).WaitAsync(Limit, Cancellation);

    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null) => await EndAsync(await ScheduleAsync(name, input));

    /// <summary>Runs to its end and reads the output; anything but success fails the test.</summary>
    public async Task<TResult?> ResultAsync<TResult>(string name, object? input = null)
    {
        var end = await RunAsync(name, input);
        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, end.ToString());
        return end.ReadOutputAs<TResult>();
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "The condition did not come true in time.");
            await Task.Delay(10, Cancellation);
        }
    }

    public Task UntilStatusAsync(string id, string customStatus) => UntilAsync(async () =>
        (await Client.GetInstanceAsync(id, true, Cancellation))?.SerializedCustomStatus == $"\"{customStatus}\"");

    public Task UntilStatusAsync(string id, OrchestrationRuntimeStatus status) => UntilAsync(async () =>
        (await Client.GetInstanceAsync(id, Cancellation))?.RuntimeStatus == status);

    /// <summary>Lets the time of the instance's only timer pass as soon as it stands in the file; how long that was.</summary>
    public async Task<TimeSpan> PassTimerAsync(string id, ManualTime time)
    {
        object? due = null;
        await UntilAsync(() => Task.FromResult((due = NextDue()) is long));
        var wait = TimeSpan.FromTicks((long)due! - time.GetUtcNow().UtcTicks);
        time.Advance(wait);
        await UntilAsync(() => Task.FromResult(Engine.Store.Load(id)!.Completed is not null || !Equals(NextDue(), due)));
        return wait;

        object? NextDue() => Engine.Store.Read(session => session.Scalar("SELECT due FROM timers"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }

        scratch.Dispose();
    }
}
