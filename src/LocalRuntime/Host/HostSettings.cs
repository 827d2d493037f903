using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nightwatch.LocalRuntime.Host;

/// <summary>
/// host.json and the keys under LocalRuntime: of the app's configuration. Durations are written as TimeSpan.
/// </summary>
internal sealed record HostSettings
{
    public required Uri Url { get; init; }

    /// <summary>The folder of what must outlive a process: timers' schedules and leases, the durable engine's file.</summary>
    public required string StateDirectory { get; init; }

    public required string RoutePrefix { get; init; }

    /// <summary>After which an invocation's token is cancelled; null for never.</summary>
    public required TimeSpan? FunctionTimeout { get; init; }

    public required int MaxConcurrentCalls { get; init; }

    public required int MaxMessageBatchSize { get; init; }

    public required int MaxDeliveryCount { get; init; }

    /// <summary>How long a received message stays hidden without renewal: the time after which another process takes over a dead one's message.</summary>
    public required TimeSpan MessageLock { get; init; }

    /// <summary>The wait before a failed message is delivered again.</summary>
    public required TimeSpan RetryDelay { get; init; }

    /// <summary>How long output messages of an HTTP function are tried before they are given up with an error.</summary>
    public required TimeSpan OutputDeadline { get; init; }

    public required TimeSpan TimerLease { get; init; }

    public required TimeSpan ShutdownGrace { get; init; }

    public required IConfiguration HostJson { get; init; }

    public static IConfigurationRoot ReadHostJson(string baseDirectory) =>
        new ConfigurationBuilder().SetBasePath(baseDirectory).AddJsonFile("host.json", optional: true, reloadOnChange: false).Build();

    /// <exception cref="InvalidOperationException">A value cannot be read; the message names its key.</exception>
    public static HostSettings Read(IConfiguration hostJson, IConfiguration app) => new()
    {
        Url = Uri.TryCreate(app["LocalRuntime:Url"] ?? "http://127.0.0.1:7071", UriKind.Absolute, out var url) && url.Scheme == "http"
            ? url
            : throw Wrong($"LocalRuntime:Url must be an http address such as http://127.0.0.1:7071, not {app["LocalRuntime:Url"]}."),
        StateDirectory = Path.GetFullPath(app["LocalRuntime:State"] ?? Path.Combine(".nightwatch", "state")),
        RoutePrefix = (hostJson["extensions:http:routePrefix"] ?? "api").Trim('/'),
        FunctionTimeout = hostJson["functionTimeout"] is "-1" or null ? null : Duration(hostJson, "functionTimeout", TimeSpan.Zero),
        MaxConcurrentCalls = Number(hostJson, "extensions:serviceBus:maxConcurrentCalls", 16),
        MaxMessageBatchSize = Math.Min(32, Number(hostJson, "extensions:serviceBus:maxMessageBatchSize", 32)),
        MaxDeliveryCount = Number(app, "LocalRuntime:ServiceBus:MaxDeliveryCount", Number(hostJson, "extensions:queues:maxDequeueCount", 10)),
        MessageLock = Duration(app, "LocalRuntime:ServiceBus:LockDuration", TimeSpan.FromSeconds(30)),
        RetryDelay = Duration(app, "LocalRuntime:ServiceBus:RetryDelay", Duration(hostJson, "extensions:queues:visibilityTimeout", TimeSpan.Zero)),
        OutputDeadline = Duration(app, "LocalRuntime:ServiceBus:OutputDeadline", TimeSpan.FromMinutes(1)),
        TimerLease = Duration(app, "LocalRuntime:Timers:Lease", TimeSpan.FromSeconds(15)),
        ShutdownGrace = Duration(app, "LocalRuntime:ShutdownGrace", TimeSpan.FromSeconds(10)),
        HostJson = hostJson,
    };

    private static int Number(IConfiguration configuration, string key, int fallback)
    {
        var text = configuration[key];
        return text is null ? fallback
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value
            : throw Wrong($"{key} must be a number above 0, not {text}.");
    }

    private static TimeSpan Duration(IConfiguration configuration, string key, TimeSpan fallback)
    {
        var text = configuration[key];
        return text is null ? fallback
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= TimeSpan.Zero ? value
            : throw Wrong($"{key} must be a duration (hh:mm:ss), not {text}.");
    }

    private static OptionsValidationException Wrong(string message) => new(nameof(HostSettings), typeof(HostSettings), [message]);
}
