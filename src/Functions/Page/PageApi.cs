using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Page;

/// <summary>The plain page and its files. They hold no data: what the page shows it asks of the API, which asks who is calling.</summary>
public static class PageApi
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, Asset> Assets = new[]
    {
        Load("index.html", "text/html; charset=utf-8"),
        Load("page.css", "text/css; charset=utf-8"),
        Load("page.js", "text/javascript; charset=utf-8"),
        Load("access.js", "text/javascript; charset=utf-8"),
        Load("ask.js", "text/javascript; charset=utf-8"),
    }.ToFrozenDictionary(asset => asset.Name);

    [Function("Page")]
    [Public]
    public static IResult Index([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "/")] HttpRequest request) => Answer(request, "index.html");

    [Function("PageAsset")]
    [Public]
    public static IResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/{name}")] HttpRequest request, string name) =>
        Answer(request, name);

    private static IResult Answer(HttpRequest request, string name)
    {
        if (!Assets.TryGetValue(name, out var asset))
        {
            return Answers.NotFound($"file {name}");
        }

        request.HttpContext.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return Results.Bytes(asset.Content, asset.ContentType);
    }

    private static Asset Load(string name, string contentType)
    {
        using var stream = typeof(PageApi).Assembly.GetManifestResourceStream("page." + name) ?? throw new InvalidOperationException($"The page's {name} is missing from the build.");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return new Asset(name, contentType, content.ToArray());
    }

    private sealed record Asset(string Name, string ContentType, byte[] Content);
}
