using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.LocalRuntime.Tests.Host.Durable;

public sealed class DurableBindingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Weigh", "heavy")]
    [InlineData("Hand", "heavy")]
    [InlineData("Hand", null)]
    public async Task Input_ThatDoesNotBind_FailsNamingTheParameter(string orchestrator, string? input)
    {
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Samples)] });

        var end = await RunAsync(app, orchestrator, input);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("'load'", $"{end.FailureDetails} {end.FailureDetails!.InnerFailure}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_Missing_IsTheDefault()
    {
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Samples)] });

        Assert.Equal(0, (await RunAsync(app, "Count", null)).ReadOutputAs<int>());
        Assert.Equal("WEIGH 5", (await RunAsync(app, "wEIGH", new Load(5))).ReadOutputAs<string>());
    }

    private static async Task<OrchestrationMetadata> RunAsync(TestApp app, string orchestrator, object? input)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<DurableTaskClient>();
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, Stop);
        return await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }

    public sealed record Load(int Kilograms);

    public static class Samples
    {
        [Function(nameof(Weigh))]
        public static Task<string> Weigh([OrchestrationTrigger] TaskOrchestrationContext context, Load load) =>
            Task.FromResult($"{context.Name.Name.ToUpperInvariant()} {load.Kilograms}");

        [Function(nameof(Count))]
        public static Task<int> Count([OrchestrationTrigger] TaskOrchestrationContext context, int count) => Task.FromResult(count);

        [Function(nameof(Hand))]
        public static Task<int> Hand([OrchestrationTrigger] TaskOrchestrationContext context) =>
            context.CallActivityAsync<int>(nameof(Lift), context.GetInput<string>());

        [Function(nameof(Lift))]
        public static int Lift([ActivityTrigger] int load) => load;
    }
}
