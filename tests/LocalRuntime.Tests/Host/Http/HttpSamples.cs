using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Nightwatch.LocalRuntime.Tests.Host.Http;

public sealed class HttpSamples
{
    internal static TaskCompletionSource Left { get; set; } = new();

    [Function("Hello")]
    public static IActionResult Hello([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new OkObjectResult("hello");

    [Function("Typed")]
    public static IActionResult Typed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "typed/{number}/{id}/{flag}/{ratio}/{day}/{at?}")] HttpRequest request,
        int number,
        Guid id,
        bool flag,
        double ratio,
        DayOfWeek day,
        DateTime? at) =>
        new ContentResult { Content = string.Create(CultureInfo.InvariantCulture, $"{number} {id} {flag} {ratio} {day} {at?.ToString("O") ?? "none"}") };

    [Function("Pages")]
    public static IActionResult Pages([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "pages/{page:int=1}")] HttpRequest request, long page) =>
        new ContentResult { Content = page.ToString(CultureInfo.InvariantCulture) };

    [Function("Files")]
    public static IActionResult Files([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string? path) =>
        new ContentResult { Content = path };

    [Function("Orders")]
    public static IActionResult Orders([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders")] HttpRequest request, [FromBody] Order order) =>
        new ObjectResult(order) { StatusCode = 201 };

    [Function("Result")]
    public static async Task<IResult> Result([HttpTrigger(AuthorizationLevel.Anonymous, Route = "result")] HttpRequest request)
    {
        await Task.Yield();
        return Results.Json(new { state = "queued" }, statusCode: 202);
    }

    [Function("Written")]
    public static async Task Written([HttpTrigger(AuthorizationLevel.Anonymous, Route = "written")] HttpRequest request, FunctionContext context) =>
        await context.GetHttpContext()!.Response.WriteAsync("written", context.CancellationToken);

    [Function("Broken")]
    public static IActionResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, Route = "broken")] HttpRequest request) =>
        throw new InvalidOperationException("the secret reason");

    [Function("Waits")]
    public static async Task Waits([HttpTrigger(AuthorizationLevel.Anonymous, Route = "waits")] HttpRequest request, CancellationToken cancellationToken)
    {
        await request.HttpContext.Response.StartAsync(cancellationToken);
        await request.HttpContext.Response.Body.FlushAsync(cancellationToken);
        using var registration = cancellationToken.Register(() => Left.TrySetResult());
        await Left.Task;
    }
}

public sealed record Order(string Item, int Count)
{
    // A type that refuses a value by itself, which the serialiser lets through.
    public int Count { get; } = Count >= 0 ? Count : throw new ArgumentOutOfRangeException(nameof(Count));
}
