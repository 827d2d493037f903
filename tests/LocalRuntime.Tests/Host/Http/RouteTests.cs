using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.LocalRuntime.Tests.Host.Http;

public sealed class RouteTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api/codes/ab-12", "code ab-12")]
    [InlineData("api/CODES/ab-12", "code ab-12")]
    [InlineData("api/things/3F2504E0-4F89-11D3-9A0C-0305E82C3301", "guid 3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [InlineData("api/things/17", "int 17")]
    [InlineData("api/things/seventeen", "text seventeen")]
    [InlineData("api/things/two%20words%C3%A9", "text two wordsé")]
    [InlineData("api/things/a+b", "text a+b")]
    [InlineData("api/things/special", "literal")]
    [InlineData("api/things/special/", "literal")]
    [InlineData("api/optional", "none 0")]
    [InlineData("api/optional/x", "x 0")]
    [InlineData("api/optional/x/4", "x 4")]
    public async Task Get_OverlappingTemplates_TheMostSpecificAnswers(string path, string expected)
    {
        await using var app = await StartAsync();

        Assert.Equal(expected, await app.Http.GetStringAsync(path, Stop));
    }

    [Theory]
    [InlineData("GET", "api/codes/toolong-12", HttpStatusCode.NotFound)]
    [InlineData("GET", "codes/ab-12", HttpStatusCode.NotFound)]
    [InlineData("GET", "api/optional/x/four", HttpStatusCode.NotFound)]
    [InlineData("HEAD", "api/codes/ab-12", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "api/codes/ab-12", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "api/shared", HttpStatusCode.Created)]
    [InlineData("GET", "api/shared", HttpStatusCode.OK)]
    [InlineData("DELETE", "api/shared", HttpStatusCode.MethodNotAllowed)]
    public async Task Send_MethodOrPathOfNoFunction_IsRefused(string method, string path, HttpStatusCode expected)
    {
        await using var app = await StartAsync();

        using var response = await app.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Get_FunctionDisabledByItsSetting_Is404()
    {
        await using var app = await TestApp.StartAsync(new TestAppOptions
        {
            Functions = [typeof(Samples)],
            Settings = { ["AzureWebJobs.Special.Disabled"] = "true", ["AzureWebJobs:ByName:Disabled"] = "1", ["AzureWebJobs.ByNumber.Disabled"] = "false" },
        });

        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("api/things/special", Stop)).StatusCode);
        Assert.Equal("int 17", await app.Http.GetStringAsync("api/things/17", Stop));
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(new TestAppOptions { Functions = [typeof(Samples)] });

    public static class Samples
    {
        [Function("Code")]
        public static IActionResult Code([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = @"codes/{code:regex(^[a-z]{{2}}-\d+$)}")] HttpRequest request, string code) => Text($"code {code}");

        [Function("ById")]
        public static IActionResult ById([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id:guid}")] HttpRequest request, Guid id) => Text($"guid {id}");

        [Function("ByNumber")]
        public static IActionResult ByNumber([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{number:int}")] HttpRequest request, int number) => Text($"int {number}");

        [Function("ByName")]
        public static IActionResult ByName([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{name}")] HttpRequest request, string name) => Text($"text {name}");

        [Function("Special")]
        public static IActionResult Special([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "/things/special")] HttpRequest request) => Text("literal");

        [Function("Optional")]
        public static IActionResult Optional([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "optional/{name?}/{count:int?}")] HttpRequest request, string? name, int count = 0) => Text($"{name ?? "none"} {count}");

        [Function("ReadShared")]
        public static IActionResult Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "shared")] HttpRequest request) => Text("read");

        [Function("WriteShared")]
        public static IActionResult Write([HttpTrigger(AuthorizationLevel.Anonymous, "POST", "put", Route = "shared")] HttpRequest request) => new StatusCodeResult(201);

        private static ContentResult Text(string text) => new() { Content = text };
    }
}
