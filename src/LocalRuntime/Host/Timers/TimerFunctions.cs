using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Invocation;

namespace Nightwatch.LocalRuntime.Host.Timers;

/// <summary>Runs the app's timer functions, each by one loop of one process at a time.</summary>
internal sealed class TimerFunctions(
    FunctionCatalog catalog,
    TimerStore store,
    FunctionPipeline pipeline,
    InvocationTracker tracker,
    OutputDelivery outputs,
    HostSettings settings,
    IConfiguration configuration,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<TimerFunctions> log) : ITriggerListener
{
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly List<(FunctionDescriptor Function, TimerSchedule Schedule)> timers = [];

    public void Validate()
    {
        foreach (var function in catalog.Functions)
        {
            if (function.Trigger is TimerTriggerAttribute trigger)
            {
                timers.Add((function, TimerSchedule.Parse(function.Name, AppSettings.Resolve(trigger.Schedule, configuration, function.Name))));
            }
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(timers.Select(timer => Task.Run(() => Loop(timer.Function, timer.Schedule).RunAsync(stop), CancellationToken.None)));
        await store.ReleaseAsync(owner);
    }

    private TimerLoop Loop(FunctionDescriptor function, TimerSchedule schedule)
    {
        var call = new TimerCall(function, pipeline, tracker, outputs, scopes, time, log);
        return new TimerLoop(function.Name, (TimerTriggerAttribute)function.Trigger, schedule, owner, store, call, settings.TimerLease, time, log);
    }
}
