using System.Text.Json;
using Microsoft.DurableTask;
using Nightwatch.LocalRuntime;

namespace Nightwatch.Bench;

/// <summary>The orchestrators that the durable bench runs, and their one activity, which says hello.</summary>
internal sealed class DurableBenchFunctions : IDurableInvoker
{
    private static readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> Orchestrators = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Three"] = context => HelloAsync(context, 3),
        ["Five"] = context => HelloAsync(context, 5),
        ["FanOut"] = async context => (await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(i => SayAsync(context, $"City {i}")))).Length,
        ["Long"] = async context =>
        {
            await HelloAsync(context, context.GetInput<int>());
            context.SetCustomStatus("ready");
            return await context.WaitForExternalEvent<object?>("Go");
        },
        ["Listener"] = async context =>
        {
            for (var left = context.GetInput<int>(); left > 0; left--)
            {
                await context.WaitForExternalEvent<int>("Next");
            }

            return null;
        },
        ["Held"] = async context =>
        {
            await SayAsync(context, "Lagos");
            return await context.WaitForExternalEvent<object?>("Go");
        },
        ["Sleepers"] = async context =>
        {
            await Task.WhenAll(Enumerable.Range(0, context.GetInput<int>()).Select(_ => context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)));
            return null;
        },
    };

    public bool HasOrchestrator(string name) => Orchestrators.ContainsKey(name);

    public bool HasActivity(string name) => true;

    public bool HasEntity(string name) => false;

    public Task<object?> RunOrchestratorAsync(string name, object orchestrationContext) => Orchestrators[name]((TaskOrchestrationContext)orchestrationContext);

    public Task<object?> RunActivityAsync(string name, object activityContext, string? serializedInput, CancellationToken cancellationToken) =>
        Task.FromResult<object?>($"Hello {JsonSerializer.Deserialize<string>(serializedInput!)}!");

    public Task RunEntityAsync(string name, object entityBatch, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"The bench has no entity '{name}'.");

    private static async Task<object?> HelloAsync(TaskOrchestrationContext context, int cities)
    {
        var last = "";
        for (var i = 0; i < cities; i++)
        {
            last = await SayAsync(context, $"City {i}");
        }

        return last;
    }

    private static Task<string> SayAsync(TaskOrchestrationContext context, string city) => context.CallActivityAsync<string>("SayHello", city);
}
