using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Nightwatch.LocalRuntime.Tests.Host.Durable;

/// <summary>What host.json says about the durable engine, in a whole host.</summary>
public sealed class DurableSettingsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VersionStrategies_InHostJson_DecideAboutOtherVersions()
    {
        await using var app = await TestApp.StartAsync(Options("""{ "defaultVersion": "1.0", "versionMatchStrategy": "strict", "versionFailureStrategy": "Fail" }"""));

        var other = await RunAsync(app, nameof(Samples.Tell), null, "2.0");
        var own = await RunAsync(app, nameof(Samples.Tell), null, null);

        Assert.Equal("VersionMismatch", other.FailureDetails!.ErrorType);
        Assert.Equal("1.0", own.ReadOutputAs<string>());
    }

    [Fact]
    public async Task VersionStrategy_Unknown_IsRefusedAtTheStart()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(Options("""{ "versionMatchStrategy": "Newest" }""")));

        Assert.Contains("extensions:durableTask:versionMatchStrategy must be one of None, Strict, CurrentOrOlder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallHttp_ThroughTheHost_UsesItsSerialiserAndProperties()
    {
        await using var app = await TestApp.StartAsync(Options("""{ "httpSettings": { "defaultAsyncRequestSleepTimeMilliseconds": 25 } }"""));

        var end = await RunAsync(app, nameof(Samples.Ask), new Uri(app.Http.BaseAddress!, "api/Job?step=0"), null);

        Assert.True(end.RuntimeStatus == OrchestrationRuntimeStatus.Completed, $"{end} {end.FailureDetails}");
        Assert.Equal("done after 2, waiting 25", end.ReadOutputAs<string>());
    }

    private static TestAppOptions Options(string durableTask) => new()
    {
        Functions = [typeof(Samples)],
        HostJson = $$"""{ "version": "2.0", "extensions": { "durableTask": {{durableTask}} } }""",
    };

    private static async Task<OrchestrationMetadata> RunAsync(TestApp app, string orchestrator, object? input, string? version)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<DurableTaskClient>();
        var options = new StartOrchestrationOptions { Version = version is null ? default(TaskVersion?) : new TaskVersion(version) };
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, options, Stop);
        return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }

    public static class Samples
    {
        [Function(nameof(Tell))]
        public static Task<string> Tell([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.Version);

        [Function(nameof(Ask))]
        public static async Task<string> Ask([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var request = new DurableHttpRequest(HttpMethod.Get, context.GetInput<Uri>()!) { AsynchronousPatternEnabled = true };
            var response = await context.CallHttpAsync(request);
            return $"{response.Content}, waiting {context.Properties["HttpDefaultAsyncRequestSleepTimeMilliseconds"]}";
        }

        [Function(nameof(Job))]
        public static IActionResult Job([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
        {
            var step = int.Parse(request.Query["step"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            if (step == 2)
            {
                return new ContentResult { Content = $"done after {step}" };
            }

            request.HttpContext.Response.Headers.Location = $"?step={step + 1}";
            return new StatusCodeResult(202);
        }
    }
}
