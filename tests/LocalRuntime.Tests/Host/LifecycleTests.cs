using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.Host;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Host;

public sealed class LifecycleTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_RequestIsRunning_ItEndsAndNewOnesGet503()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var running = app.Http.GetStringAsync("api/Waits", Stop);
        await gate.Entered.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);

        var stopping = app.StopAsync();
        await gate.Stopping.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        HttpStatusCode? late = null;
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await app.Http.GetAsync("api/Answers", Stop);
                late = response.StatusCode;
                return late == HttpStatusCode.ServiceUnavailable;
            },
            "a new request is refused");
        Assert.False(stopping.IsCompleted);
        gate.Release.SetResult();

        Assert.Equal("finished", await running);
        await stopping;
    }

    [Fact]
    public async Task Stop_FunctionOutlastsTheGrace_IsCancelled()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate, ("LocalRuntime:ShutdownGrace", "00:00:00.200"));
        var running = app.Http.GetAsync("api/Waits", Stop);
        await gate.Entered.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);

        await app.StopAsync();

        await gate.Cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        await Task.WhenAny(running);
    }

    [Fact]
    public async Task Run_OverTheFunctionTimeout_IsCancelled()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(new TestAppOptions
        {
            Functions = [typeof(Samples)],
            HostJson = """{ "functionTimeout": "00:00:00.100" }""",
            Configure = builder => builder.ConfigureFunctionsWebApplication().Services.AddSingleton(gate),
        });

        using var response = await app.Http.GetAsync("api/Waits", Stop);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.True(gate.Cancelled.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void Configuration_LocalSettingsValues_AreBelowTheCallersOwn()
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch.File("local.settings.json"), """{ "IsEncrypted": false, "Values": { "A": "file", "B__C": "nested", "D": "file" }, "Host": { "LocalHttpPort": 1 } }""");

        var builder = new FunctionsApplicationBuilder(new LocalHostOptions
        {
            BaseDirectory = scratch.Path,
            FunctionTypes = [],
            Arguments = ["--D=line"],
            Settings = new Dictionary<string, string?> { ["A"] = "caller" },
        });

        Assert.Equal("caller", builder.Configuration["A"]);
        Assert.Equal("nested", builder.Configuration["B:C"]);
        Assert.Equal("line", builder.Configuration["D"]);
        Assert.Equal("Production", builder.Environment.EnvironmentName);
    }

    [Fact]
    public void Build_Twice_Throws()
    {
        using var scratch = new ScratchDirectory();
        var builder = new FunctionsApplicationBuilder(new LocalHostOptions { BaseDirectory = scratch.Path, FunctionTypes = [] });
        using var app = builder.Build();

        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    [Theory]
    [InlineData("LocalRuntime:Url", "localhost:80")]
    [InlineData("LocalRuntime:ServiceBus:LockDuration", "soon")]
    [InlineData("LocalRuntime:ServiceBus:MaxDeliveryCount", "0")]
    public void Build_SettingThatCannotBeRead_IsNamed(string key, string value)
    {
        using var scratch = new ScratchDirectory();
        var builder = new FunctionsApplicationBuilder(new LocalHostOptions { BaseDirectory = scratch.Path, FunctionTypes = [], Settings = new Dictionary<string, string?> { [key] = value } });

        var error = Assert.Throws<OptionsValidationException>(builder.Build);

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(Gate gate, params (string Key, string Value)[] settings) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [typeof(Samples)],
        Settings = settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
        Configure = builder => builder.ConfigureFunctionsWebApplication().Services.AddSingleton(gate),
    });

    public sealed class Gate
    {
        internal TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public sealed class Samples(Gate gate, IHostApplicationLifetime lifetime)
    {
        [Function("Waits")]
        public async Task<IActionResult> Waits([HttpTrigger] HttpRequest request, CancellationToken cancellationToken)
        {
            using var stopping = lifetime.ApplicationStopping.Register(() => gate.Stopping.TrySetResult());
            gate.Entered.SetResult();
            try
            {
                await gate.Release.Task.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                gate.Cancelled.SetResult();
                throw;
            }

            return new ContentResult { Content = "finished" };
        }

        [Function("Answers")]
        public static IActionResult Answers([HttpTrigger] HttpRequest request) => new OkResult();
    }
}
