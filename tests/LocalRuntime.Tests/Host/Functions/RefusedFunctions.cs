using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.Host.Functions;

/// <summary>Functions that each break one rule, and a few that break none.</summary>
public static class RefusedFunctions
{
    public static class Good
    {
        [Function("Good")]
        public static IActionResult Run([HttpTrigger] HttpRequest request) => new OkResult();
    }

    public static class GoodQueue
    {
        [Function("GoodQueue")]
        [ServiceBusOutput("good-out", Connection = "Bus")]
        public static string? Run([ServiceBusTrigger("good", Connection = "Bus")] string message) => message;
    }

    public static class GoodOrchestrator
    {
        [Function("GoodOrchestrator")]
        public static Task<int> Run([OrchestrationTrigger] TaskOrchestrationContext context, string? input, FunctionContext function) => Task.FromResult(input?.Length ?? 0);
    }

    public static class HiddenMethod
    {
        [Function("Hidden")]
        internal static IActionResult Run([HttpTrigger] HttpRequest request) => new OkResult();
    }

    public static class Twice
    {
        [Function("Twice")]
        public static IActionResult Run([HttpTrigger] HttpRequest request) => new OkResult();

        [Function("twice")]
        public static IActionResult Again([HttpTrigger] HttpRequest request) => new OkResult();
    }

    public static class NoTrigger
    {
        [Function("NoTrigger")]
        public static IActionResult Run(HttpRequest request) => new OkResult();
    }

    public static class TwoTriggers
    {
        [Function("TwoTriggers")]
        public static IActionResult Run([HttpTrigger] HttpRequest request, [TimerTrigger("1:00:00")] TimerInfo timer) => new OkResult();
    }

    public static class OrchestratorWithClient
    {
        [Function("WithClient")]
        public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context, [DurableClient] DurableTaskClient client) => Task.CompletedTask;
    }

    public static class OrchestratorWithToken
    {
        [Function("WithToken")]
        public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context, CancellationToken token) => Task.CompletedTask;
    }

    public static class OrchestratorWithTwoInputs
    {
        [Function("TwoInputs")]
        public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context, string one, string two) => Task.CompletedTask;
    }

    public sealed record Messages
    {
        [ServiceBusOutput("out", Connection = "Bus")]
        public string? Message { get; init; }
    }

    public sealed record Answers
    {
        [HttpResult]
        public required IActionResult One { get; init; }

        [HttpResult]
        public required IActionResult Two { get; init; }
    }

    public static class NoHttpResult
    {
        [Function("NoHttpResult")]
        public static Messages Run([HttpTrigger] HttpRequest request) => new();
    }

    public static class TwoHttpResults
    {
        [Function("TwoHttpResults")]
        public static Answers? Run([HttpTrigger] HttpRequest request) => null;
    }

    public static class PlainObject
    {
        [Function("PlainObject")]
        public static Task<string> Run([HttpTrigger] HttpRequest request) => Task.FromResult("");
    }

    public static class AsyncVoid
    {
        [Function("AsyncVoid")]
        public static async void Run([HttpTrigger] HttpRequest request) => await Task.Yield();
    }

    public static class BadSchedule
    {
        [Function("BadSchedule")]
        public static void Run([TimerTrigger("every minute")] TimerInfo timer)
        {
        }
    }

    public static class MissingSetting
    {
        [Function("MissingSetting")]
        public static void Run([TimerTrigger("%Nowhere%")] TimerInfo timer)
        {
        }
    }

    public static class Unbound
    {
        [Function("Unbound")]
        public static IActionResult Run([HttpTrigger(Route = "unbound/{id}")] HttpRequest request, string id, string name) => new OkObjectResult(id + name);
    }

    public static class UnknownConstraint
    {
        [Function("UnknownConstraint")]
        public static IActionResult Run([HttpTrigger(Route = "paint/{shade:colour}")] HttpRequest request, string shade) => new OkObjectResult(shade);
    }

    public static class SameRoute
    {
        [Function("FirstRoute")]
        public static IActionResult First([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "items/{id}")] HttpRequest request, string id) => new OkObjectResult(id);

        [Function("SameRoute")]
        public static IActionResult Second([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "Items/{name}")] HttpRequest request, string name) => new OkObjectResult(name);
    }

    public static class BadRoute
    {
        [Function("BadRoute")]
        public static IActionResult Run([HttpTrigger(Route = "bad/{id")] HttpRequest request) => new OkResult();
    }

    public static class NoConnection
    {
        [Function("NoConnection")]
        public static void Run([ServiceBusTrigger("queue", Connection = "Missing")] string message)
        {
        }
    }

    public static class OutputWithoutConnection
    {
        [Function("OutputWithoutConnection")]
        [ServiceBusOutput("queue", Connection = "Missing")]
        public static string Run([TimerTrigger("1:00:00")] TimerInfo timer) => "";
    }

    public static class BadQueue
    {
        [Function("BadQueue")]
        public static void Run([ServiceBusTrigger("Bad_Queue", Connection = "Bus")] string message)
        {
        }
    }

    public static class Topic
    {
        [Function("Topic")]
        public static void Run([ServiceBusTrigger("topic", "subscription", Connection = "Bus")] string message)
        {
        }
    }

    public static class RetryOnQueue
    {
        [Function("RetryOnQueue")]
        [FixedDelayRetry(2, "00:00:01")]
        public static void Run([ServiceBusTrigger("queue", Connection = "Bus")] string message)
        {
        }
    }

    public static class WrongTriggerType
    {
        [Function("WrongTriggerType")]
        public static Task Run([OrchestrationTrigger] string context) => Task.CompletedTask;
    }

    public static class BatchOfOne
    {
        [Function("BatchOfOne")]
        public static void Run([ServiceBusTrigger("queue", Connection = "Bus", IsBatched = true)] string message)
        {
        }
    }

    internal static class HiddenClass
    {
        [Function("HiddenClass")]
        public static IActionResult Run([HttpTrigger] HttpRequest request) => new OkResult();
    }
}
