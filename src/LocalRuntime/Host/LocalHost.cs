using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host;

/// <summary>
/// Starts the listeners once HTTP answers, and stops them in order: first nothing new is taken, then what runs may finish, then leases are released.
/// </summary>
internal sealed partial class LocalHost(
    FunctionCatalog catalog,
    IEnumerable<ITriggerListener> listeners,
    IEnumerable<DurableEngine> durable,
    InvocationTracker tracker,
    IHostApplicationLifetime lifetime,
    ILogger<LocalHost> log) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        running = Task.WhenAll(listeners.Select(listener => listener.RunAsync(stop.Token)));
        Started(catalog.Functions.Count);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Before waiting for anything, so that long streams that watch ApplicationStopping end by themselves.
        lifetime.StopApplication();
        await stop.CancelAsync();
        // Together: the engine waits for its own activities and takes no new ones meanwhile.
        await Task.WhenAll(durable.Select(engine => engine.StopAsync(cancellationToken)).Append(tracker.DrainAsync()));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await running.WaitAsync(cancellationToken);
        }
        catch (Exception error)
        {
            Unclean(error);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => stop.Dispose();

    [LoggerMessage(Level = LogLevel.Information, Message = "LocalRuntime serves {Count} functions.")]
    private partial void Started(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A listener did not stop cleanly.")]
    private partial void Unclean(Exception error);
}
