using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Host.Invocation;

/// <summary>Everything at once: a request, a queue, an orchestration, its activities, and the answer read over HTTP.</summary>
public sealed class WholePathTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ThroughQueueAndOrchestration_EndsInAResultThatCanBeRead()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        var types = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        await using var app = await TestApp.StartAsync(new TestAppOptions
        {
            Functions = [typeof(Orders)],
            Settings = { ["Bus"] = azurite.ConnectionString },
            Configure = builder => builder.ConfigureFunctionsWebApplication().UseMiddleware((context, next) =>
            {
                types.AddOrUpdate(context.FunctionDefinition.InputBindings.Values.First(binding => binding.Type.EndsWith("Trigger", StringComparison.Ordinal)).Type, 1, (_, seen) => seen + 1);
                return next();
            }),
        });

        using var accepted = await app.Http.PostAsJsonAsync("api/orders", new OrderPlaced("o-1", ["tea", "milk", "sugar"]), Stop);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        var state = await WaitAsync(app, "o-1", OrchestrationRuntimeStatus.Completed);
        Assert.Equal("""{"orderId":"o-1","letters":12,"by":"o-1"}""", state.GetProperty("output").GetRawText());
        Assert.Empty(app.Logs.At(LogLevel.Warning));
        Assert.Equal(["activityTrigger", "httpTrigger", "orchestrationTrigger", "serviceBusTrigger"], types.Keys.Order());
        Assert.Equal(4, types["activityTrigger"]);
    }

    [Fact]
    public async Task Orchestration_ActivityThrows_FailsWithTheUsersException()
    {
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Orders)], Settings = { ["Bus"] = azurite.ConnectionString } });

        await app.Http.PostAsJsonAsync("api/orders", new OrderPlaced("o-2", ["poison"]), Stop);

        var state = await WaitAsync(app, "o-2", OrchestrationRuntimeStatus.Failed);
        Assert.Contains("not for sale", state.GetProperty("failure").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> WaitAsync(TestApp app, string id, OrchestrationRuntimeStatus status)
    {
        JsonElement state = default;
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await app.Http.GetAsync($"api/orders/{id}", Stop);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    return false;
                }

                state = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
                return state.GetProperty("status").GetString() == status.ToString();
            },
            $"{id} is {status}");
        return state;
    }

    public static class Orders
    {
        [Function("PlaceOrder")]
        public static Placed Place([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequest request, [Microsoft.Azure.Functions.Worker.Http.FromBody] OrderPlaced order) =>
            new() { Answer = new AcceptedResult(), Message = order };

        [Function("OrderQueue")]
        public static async Task Take([ServiceBusTrigger("orders", Connection = "Bus")] OrderPlaced order, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
            await client.ScheduleNewOrchestrationInstanceAsync(nameof(Fulfil), order, new StartOrchestrationOptions { InstanceId = order.OrderId }, cancellationToken);

        [Function(nameof(Fulfil))]
        public static async Task<Fulfilled> Fulfil([OrchestrationTrigger] TaskOrchestrationContext context, OrderPlaced order)
        {
            var letters = await Task.WhenAll(order.Items.Select(item => context.CallActivityAsync<int>(nameof(Pick), new Item(item))));
            var by = await context.CallActivityAsync<string>(nameof(Sign));
            return new Fulfilled(order.OrderId, letters.Sum(), by);
        }

        [Function(nameof(Pick))]
        public static async Task<int> Pick([ActivityTrigger] Item item, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            return item.Name == "poison" ? throw new InvalidOperationException("not for sale") : item.Name.Length;
        }

        [Function(nameof(Sign))]
        public static string Sign([ActivityTrigger] string? nothing, string instanceId, FunctionContext context) => instanceId + nothing;

        [Function("ReadOrder")]
        public static async Task<IActionResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "orders/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
        {
            var state = await client.GetInstanceAsync(id, getInputsAndOutputs: true, cancellationToken);
            return state is null
                ? new NotFoundResult()
                : new OkObjectResult(new
                {
                    status = state.RuntimeStatus.ToString(),
                    output = state.SerializedOutput is { } output && state.RuntimeStatus == OrchestrationRuntimeStatus.Completed ? JsonSerializer.SerializeToElement(state.ReadOutputAs<Fulfilled>(), JsonSerializerOptions.Web) : (JsonElement?)null,
                    failure = state.FailureDetails?.ToString(),
                });
        }
    }

    public sealed record OrderPlaced(string OrderId, string[] Items);

    public sealed record Item(string Name);

    public sealed record Fulfilled(string OrderId, int Letters, string By);

    public sealed record Placed
    {
        [HttpResult]
        public required IActionResult Answer { get; init; }

        [ServiceBusOutput("orders", Connection = "Bus")]
        public OrderPlaced? Message { get; init; }
    }
}
