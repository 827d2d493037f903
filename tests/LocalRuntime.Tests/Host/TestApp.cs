using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Host;

/// <summary>A whole host in this process: real Kestrel on a port of its own, a folder of its own, the functions of the named classes.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly IHost host;
    private readonly ScratchDirectory scratch;

    private TestApp(IHost host, ScratchDirectory scratch, RecordedLogs logs, HttpClient http)
    {
        this.host = host;
        this.scratch = scratch;
        Logs = logs;
        Http = http;
    }

    public RecordedLogs Logs { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => host.Services;

    public static async Task<TestApp> StartAsync(TestAppOptions options)
    {
        var (app, scratch, logs) = Build(options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:1/";
        return new TestApp(app, scratch, logs, new HttpClient { BaseAddress = new Uri(address) });
    }

    /// <summary>Builds and does not start: what is refused is refused here.</summary>
    public static void BuildOnly(TestAppOptions options)
    {
        var (app, scratch, _) = Build(options);
        app.Dispose();
        scratch.Dispose();
    }

    /// <summary>Tells this app's data from that of another test in the same process.</summary>
    public string Id() => scratch.Path.Split('-')[^1];

    public Task StopAsync() => host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        scratch.Dispose();
    }

    private static (IHost App, ScratchDirectory Scratch, RecordedLogs Logs) Build(TestAppOptions options)
    {
        var scratch = new ScratchDirectory();
        var logs = new RecordedLogs();
        try
        {
            File.WriteAllText(scratch.File("host.json"), options.HostJson);
            foreach (var (name, text) in options.Files)
            {
                File.WriteAllText(scratch.File(name), text);
            }

            var settings = new Dictionary<string, string?>(options.Settings)
            {
                ["LocalRuntime:Url"] = "http://127.0.0.1:0",
                ["LocalRuntime:State"] = options.StateDirectory ?? scratch.File("state"),
            };
            var builder = new FunctionsApplicationBuilder(new LocalHostOptions { BaseDirectory = scratch.Path, FunctionTypes = options.Functions, Settings = settings });
            builder.Logging.ClearProviders().AddProvider(logs);
            (options.Configure ?? (app => app.ConfigureFunctionsWebApplication()))(builder);
            return (builder.Build(), scratch, logs);
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }
}

internal sealed record TestAppOptions
{
    public required Type[] Functions { get; init; }

    public string HostJson { get; init; } = """{ "version": "2.0", "logging": { "logLevel": { "default": "Information", "Microsoft": "Warning" } } }""";

    public Dictionary<string, string> Files { get; init; } = [];

    public Dictionary<string, string?> Settings { get; init; } = [];

    public string? StateDirectory { get; init; }

    /// <summary>By default the web application and nothing else.</summary>
    public Action<FunctionsApplicationBuilder>? Configure { get; init; }
}

/// <summary>What a host logged.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, Exception? Error)> lines = new();

    public IReadOnlyList<(LogLevel Level, string Text, Exception? Error)> At(LogLevel least) => [.. lines.Where(line => line.Level >= least)];

    public ILogger CreateLogger(string categoryName) => new Recorder(lines);

    public void Dispose()
    {
    }

    private sealed class Recorder(ConcurrentQueue<(LogLevel Level, string Text, Exception? Error)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((logLevel, formatter(state, exception), exception));
    }
}
