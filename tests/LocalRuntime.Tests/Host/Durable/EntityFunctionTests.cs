using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Tests.Host.Durable;

public sealed class EntityFunctionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("counter")]
    [InlineData("tally")]
    [InlineData("handled")]
    public async Task Entity_CalledThroughTheHost_KeepsItsState(string entity)
    {
        await using var app = await StartAsync();

        Assert.Equal(3, await CallAsync<int>(app, entity, "add", 3));
        Assert.Equal(7, await CallAsync<int>(app, entity, "ADD", 4));
    }

    [Fact]
    public async Task Entity_WithAServiceInItsConstructor_GetsIt()
    {
        await using var app = await StartAsync();

        Assert.Equal("hello from @greeter@one", await CallAsync<string>(app, "greeter", "greet", null));
    }

    [Fact]
    public async Task Client_OfAFunction_SignalsAndReadsEntities()
    {
        await using var app = await StartAsync();

        using var answer = await app.Http.PostAsync("api/Bump", null, Stop);
        answer.EnsureSuccessStatusCode();

        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<DurableTaskClient>();
        await Tests.DurableTask.DurableHost.UntilAsync(async () =>
            await client.Entities.GetEntityAsync<int>(new EntityInstanceId("Counter", "bumped"), Stop) is { State: 1 });
    }

    [Fact]
    public async Task Middleware_SurroundsABatchAndItsFailureFailsTheCall()
    {
        var seen = new List<string>();
        await using var app = await StartAsync(builder => builder.UseMiddleware(async (context, next) =>
        {
            if (context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == "entityTrigger"))
            {
                lock (seen)
                {
                    seen.Add(context.FunctionDefinition.Name);
                }

                if (context.FunctionDefinition.Name == "RunTally")
                {
                    throw new InvalidDataException("no tally today");
                }
            }

            await next();
        }));

        Assert.Equal(1, await CallAsync<int>(app, "counter", "add", 1));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync<int>(app, "tally", "add", 1));

        Assert.Contains("no tally today", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["RunCounter", "RunTally"], seen);
    }

    [Fact]
    public void Function_WhoseTriggerIsNoDispatcher_IsRefused()
    {
        var refused = Assert.Throws<FunctionRefusedException>(() => TestApp.BuildOnly(new TestAppOptions { Functions = [typeof(WrongType)] }));

        Assert.Contains("must be a TaskEntityDispatcher", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_ForTheSameEntity_AreRefused() =>
        Assert.Throws<FunctionRefusedException>(() => TestApp.BuildOnly(new TestAppOptions { Functions = [typeof(Samples), typeof(SameName)] }));

    private static Task<TestApp> StartAsync(Action<FunctionsApplicationBuilder>? configure = null) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [typeof(Samples)],
        Configure = builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.Services.AddSingleton(new Greeting("hello"));
            configure?.Invoke(builder);
        },
    });

    private static async Task<T?> CallAsync<T>(TestApp app, string entity, string operation, int? input)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<DurableTaskClient>();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Call", new Call(new EntityInstanceId(entity, "one"), operation, input), Stop);
        var end = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, Stop).WaitAsync(Tests.DurableTask.DurableHost.Limit, Stop);
        return end.RuntimeStatus == OrchestrationRuntimeStatus.Completed
            ? end.ReadOutputAs<T>()
            : throw new InvalidOperationException(end.FailureDetails!.ErrorMessage);
    }

    public sealed record Call(EntityInstanceId Id, string Operation, int? Input);

    public sealed record Greeting(string Text);

    public sealed class Greeter(Greeting greeting) : TaskEntity<int>
    {
        public string Greet(TaskEntityContext context) => $"{greeting.Text} from {context.Id}";
    }

    public sealed class Counter : TaskEntity<int>
    {
        public int Add(int amount) => State += amount;
    }

    /// <summary>A state with its methods, no entity of its own.</summary>
    public sealed class Tally
    {
        public int Count { get; set; }

        public int Add(int amount) => Count += amount;
    }

    public static class Samples
    {
        [Function(nameof(RunCounter))]
        public static Task RunCounter([EntityTrigger(EntityName = "Counter")] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(new Counter());

        [Function(nameof(RunTally))]
        public static Task RunTally([EntityTrigger(EntityName = "Tally")] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Tally>();

        [Function("Greeter")]
        public static Task RunGreeter([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Greeter>();

        [Function("Handled")]
        public static Task RunHandled([EntityTrigger] TaskEntityDispatcher dispatcher, FunctionContext context, CancellationToken stop) =>
            dispatcher.DispatchAsync(operation =>
            {
                var sum = operation.State.GetState<int>() + operation.GetInput<int>();
                operation.State.SetState(sum);
                return ValueTask.FromResult<object?>(sum);
            });

        [Function("Call")]
        public static async Task<object?> RunCall([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var call = context.GetInput<Call>()!;
            return await context.Entities.CallEntityAsync<object?>(call.Id, call.Operation, call.Input);
        }

        [Function("Bump")]
        public static Task Bump([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "Bump")] Microsoft.AspNetCore.Http.HttpRequest request, [DurableClient] DurableTaskClient client) =>
            client.Entities.SignalEntityAsync(new EntityInstanceId("Counter", "bumped"), "Add", 1);
    }

    public static class WrongType
    {
        [Function("Wrong")]
        public static Task Wrong([EntityTrigger] string request) => Task.FromResult(request);
    }

    public static class SameName
    {
        [Function("Second")]
        public static Task Second([EntityTrigger(EntityName = "COUNTER")] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync(new Counter());
    }
}
