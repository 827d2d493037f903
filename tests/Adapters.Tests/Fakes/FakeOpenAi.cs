using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>
/// Chat completions with server-sent events, as platform.openai.com/docs describes them: each request gets the next of the prepared replies (the last one for
/// ever). Calls of tools are streamed in pieces, as the real thing does.
/// </summary>
internal sealed class FakeOpenAi : IAsyncDisposable
{
    private readonly ConcurrentQueue<RequestDelegate> replies;
    private FakeServer? server;
    private RequestDelegate last = Says("{}");

    private FakeOpenAi(IEnumerable<RequestDelegate> replies) => this.replies = new(replies);

    public Uri Url => server!.Url;

    /// <summary>Bodies of what was asked.</summary>
    public IReadOnlyList<JsonElement> Asked => [.. server!.Requests.Select(r => JsonDocument.Parse(r.Body).RootElement)];

    public static async Task<FakeOpenAi> StartAsync(CancellationToken cancellationToken, params IEnumerable<RequestDelegate> replies)
    {
        var fake = new FakeOpenAi(replies);
        fake.server = await FakeServer.StartAsync(context => (fake.replies.TryDequeue(out var next) ? fake.last = next : fake.last)(context), cancellationToken);
        return fake;
    }

    /// <summary>An answer, in pieces of a few characters.</summary>
    public static RequestDelegate Says(string text) => context => StreamAsync(context, [.. text.Chunk(17).Select(part => Delta(new { content = new string(part) }))]);

    public static RequestDelegate Calls(params (string Name, string Arguments)[] calls) => context => StreamAsync(
        context,
        [
            .. calls.Select((c, i) => Delta(new { tool_calls = new[] { new { index = i, id = $"call_{i}", type = "function", function = new { name = c.Name, arguments = "" } } } })),
            .. calls.SelectMany((c, i) => c.Arguments.Chunk(5).Select(part => Delta(new { tool_calls = new[] { new { index = i, function = new { arguments = new string(part) } } } }))),
        ]);

    public static RequestDelegate Refuses(int status, string message) => FakeServer.Json(JsonSerializer.Serialize(new { error = new { message } }), status);

    /// <summary>Begins an answer and says no more.</summary>
    public static async Task Stalls(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(Delta(new { content = "{" }));
        await context.Response.Body.FlushAsync();
        await FakeServer.Stall(context);
    }

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private static async Task StreamAsync(HttpContext context, IReadOnlyList<string> events)
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var part in events)
        {
            await context.Response.WriteAsync(part);
            await context.Response.Body.FlushAsync();
        }

        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static string Delta(object delta) => $"data: {JsonSerializer.Serialize(new
    {
        id = "1",
        @object = "chat.completion.chunk",
        created = 1,
        model = "test-model",
        choices = new[] { new { index = 0, delta, finish_reason = (string?)null } },
    })}\n\n";
}
