using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Host.Invocation;

public sealed class MiddlewareTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Use_Several_RunInRegistrationOrderAroundTheFunction()
    {
        var trail = new Trail();
        await using var app = await StartAsync(trail, builder => builder
            .UseMiddleware<First>()
            .UseMiddleware(async (context, next) =>
            {
                trail.Add("second in");
                await next();
                trail.Add("second out");
            })
            .UseWhen(_ => false, (_, _) => throw new InvalidOperationException("never")));

        await app.Http.GetStringAsync("api/Traced", Stop);

        Assert.Equal(["first in", "second in", "function", "second out", "first out"], trail.Of("Traced"));
    }

    [Fact]
    public async Task Use_FunctionThrows_TheExceptionPassesThroughAndMayBecomeAnAnswer()
    {
        await using var app = await StartAsync(new Trail(), builder => builder.UseMiddleware(async (context, next) =>
        {
            try
            {
                await next();
            }
            catch (InvalidOperationException error)
            {
                context.GetInvocationResult().Value = new ObjectResult(error.Message) { StatusCode = 409 };
            }
        }));

        using var response = await app.Http.GetAsync("api/Throws", Stop);

        Assert.Equal(409, (int)response.StatusCode);
        Assert.Empty(app.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Use_ShortCircuit_TheFunctionDoesNotRun()
    {
        var trail = new Trail();
        await using var app = await StartAsync(trail, builder => builder.UseMiddleware((context, next) =>
        {
            context.GetInvocationResult().Value = new UnauthorizedResult();
            return Task.CompletedTask;
        }));

        using var response = await app.Http.GetAsync("api/Traced", Stop);

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Empty(trail.Of("Traced"));
    }

    [Fact]
    public async Task Use_EveryTrigger_SeesItsType()
    {
        var types = new ConcurrentDictionary<string, string>();
        await using var app = await StartAsync(new Trail(), builder => builder.UseMiddleware((context, next) =>
        {
            types[context.FunctionDefinition.Name] = context.FunctionDefinition.InputBindings.Values.Single().Type + (context.GetHttpContext() is null ? "" : " with a request");
            return next();
        }));

        await app.Http.GetStringAsync("api/Traced", Stop);

        await Eventually.TrueAsync(() => types.Count == 2, "both triggers ran");
        Assert.Equal("httpTrigger with a request", types["Traced"]);
        Assert.Equal("timerTrigger", types["Ticks"]);
    }

    [Fact]
    public async Task Invoke_InstanceFunction_IsMadePerInvocationInTheRequestsScope()
    {
        await using var app = await StartAsync(new Trail(), _ => { });

        var first = await app.Http.GetStringAsync("api/Scoped", Stop);
        var second = await app.Http.GetStringAsync("api/Scoped", Stop);

        Assert.StartsWith("same ", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
    }

    private static Task<TestApp> StartAsync(Trail trail, Action<FunctionsApplicationBuilder> configure) => TestApp.StartAsync(new TestAppOptions
    {
        Functions = [typeof(Samples)],
        Configure = builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.Services.AddSingleton(trail).AddScoped<Scoped>();
            configure(builder);
        },
    });

    public sealed class Trail
    {
        private readonly ConcurrentQueue<string> steps = new();

        // The timer of the samples runs the same middleware; its steps are told apart by the flow they run in.
        private readonly AsyncLocal<string?> current = new();

        internal void Begin(string function) => current.Value = function;

        internal void Add(string step) => steps.Enqueue($"{current.Value}|{step}");

        internal IEnumerable<string> Of(string function) => steps.Where(step => step.StartsWith(function + "|", StringComparison.Ordinal)).Select(step => step.Split('|')[1]);
    }

    public sealed class Scoped
    {
        internal Guid Id { get; } = Guid.NewGuid();
    }

    public sealed class Samples(Trail trail, Scoped scoped)
    {
        [Function("Traced")]
        public IActionResult Traced([HttpTrigger] HttpRequest request)
        {
            trail.Add("function");
            return new OkResult();
        }

        [Function("Throws")]
        public static IActionResult Throws([HttpTrigger] HttpRequest request) => throw new InvalidOperationException("taken");

        [Function("Scoped")]
        public IActionResult InScope([HttpTrigger] HttpRequest request, FunctionContext context) =>
            new ContentResult { Content = $"{(context.InstanceServices.GetRequiredService<Scoped>() == scoped ? "same" : "other")} {scoped.Id}" };

        [Function("Ticks")]
        public static void Ticks([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer)
        {
        }
    }

    private sealed class First(Trail trail) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            trail.Begin(context.FunctionDefinition.Name);
            trail.Add("first in");
            await next(context);
            trail.Add("first out");
        }
    }
}
