using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.Tests.Host.Http;

public sealed class HttpFunctionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_StaticFunction_AnswersAtItsRoutePrefixAndName()
    {
        await using var app = await StartAsync();

        Assert.Equal("hello", await app.Http.GetStringAsync("api/Hello", Stop));
    }

    [Fact]
    public async Task Get_AnyAnswer_SaysNothingAboutTheServer()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.GetAsync("api/Hello", Stop);

        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Get_EmptyRoutePrefix_ServesBelowTheRoot()
    {
        await using var app = await TestApp.StartAsync(new TestAppOptions
        {
            Functions = [typeof(HttpSamples)],
            HostJson = """{ "extensions": { "http": { "routePrefix": "" } } }""",
        });

        Assert.Equal("hello", await app.Http.GetStringAsync("Hello", Stop));
    }

    [Theory]
    [InlineData("api/typed/7/3f2504e0-4f89-11d3-9a0c-0305e82c3301/true/2.5/Tuesday", "7 3f2504e0-4f89-11d3-9a0c-0305e82c3301 True 2.5 Tuesday none")]
    [InlineData("api/typed/7/3f2504e0-4f89-11d3-9a0c-0305e82c3301/false/1e3/tuesday/2026-11-21T10:00:00Z", "7 3f2504e0-4f89-11d3-9a0c-0305e82c3301 False 1000 Tuesday 2026-11-21T10:00:00.0000000Z")]
    public async Task Get_RouteValues_BindByNameAndType(string path, string expected)
    {
        await using var app = await StartAsync();

        Assert.Equal(expected, await app.Http.GetStringAsync(path, Stop));
    }

    [Theory]
    [InlineData("api/typed/x/3f2504e0-4f89-11d3-9a0c-0305e82c3301/true/2.5/Tuesday", "number")]
    [InlineData("api/typed/7/not-a-guid/true/2.5/Tuesday", "id")]
    [InlineData("api/typed/7/3f2504e0-4f89-11d3-9a0c-0305e82c3301/maybe/2.5/Tuesday", "flag")]
    [InlineData("api/typed/7/3f2504e0-4f89-11d3-9a0c-0305e82c3301/true/2,5,5/Tuesday", "ratio")]
    [InlineData("api/typed/7/3f2504e0-4f89-11d3-9a0c-0305e82c3301/true/2.5/Someday", "day")]
    public async Task Get_RouteValueOfAnotherType_Is400AndNamesTheParameter(string path, string parameter)
    {
        await using var app = await StartAsync();

        using var response = await app.Http.GetAsync(path, Stop);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
        Assert.Contains($"'{parameter}'", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_RouteConstraintAndDefault_AreHonoured()
    {
        await using var app = await StartAsync();

        Assert.Equal("5", await app.Http.GetStringAsync("api/pages/5", Stop));
        Assert.Equal("1", await app.Http.GetStringAsync("api/pages", Stop));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("api/pages/five", Stop)).StatusCode);
    }

    [Fact]
    public async Task Get_CatchAll_TakesTheRestOfThePath()
    {
        await using var app = await StartAsync();

        Assert.Equal("a/b/c.js", await app.Http.GetStringAsync("api/files/a/b/c.js", Stop));
        Assert.Equal("", await app.Http.GetStringAsync("api/files", Stop));
    }

    [Fact]
    public async Task Post_MethodNotListed_IsRefused()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.PostAsync("api/Hello", null, Stop);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Post_FromBody_BindsJson()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.PostAsJsonAsync("api/orders", new { item = "tea", count = 3 }, Stop);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("""{"item":"tea","count":3}""", await response.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("{\"item\":\"tea\",\"count\":\"many\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"item\":\"tea\",\"count\":-1}", HttpStatusCode.BadRequest)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task Post_BodyThatDoesNotBind_Is400AndNamesTheParameter(string body, HttpStatusCode expected)
    {
        await using var app = await StartAsync();

        using var response = await app.Http.PostAsync("api/orders", new StringContent(body, Encoding.UTF8, "application/json"), Stop);

        Assert.Equal(expected, response.StatusCode);
        Assert.Contains("'order'", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyOfAnotherContentType_Is415()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.PostAsync("api/orders", new StringContent("{}", Encoding.UTF8, "text/plain"), Stop);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Get_ResultOfMinimalApis_IsExecuted()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.GetAsync("api/result", Stop);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("""{"state":"queued"}""", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Get_TaskWithoutResult_AnswersWhatWasWritten()
    {
        await using var app = await StartAsync();

        Assert.Equal("written", await app.Http.GetStringAsync("api/written", Stop));
    }

    [Fact]
    public async Task Get_FunctionThrows_Is500WithoutDetailsAndLoggedOnce()
    {
        await using var app = await StartAsync();

        using var response = await app.Http.GetAsync("api/broken", Stop);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync(Stop));
        var line = Assert.Single(app.Logs.At(LogLevel.Warning));
        Assert.Contains("Broken", line.Text, StringComparison.Ordinal);
        Assert.Equal("the secret reason", line.Error?.Message);
    }

    [Fact]
    public async Task Post_BodyOverTheLimit_Is413()
    {
        await using var app = await StartAsync();
        using var content = new ByteArrayContent(new byte[64 * 1024 * 1024 + 1]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders") { Content = content };
        request.Headers.ExpectContinue = true;

        using var response = await app.Http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Get_CallerLeaves_CancelsTheFunction()
    {
        HttpSamples.Left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync();
        using var caller = new CancellationTokenSource();
        using var response = await app.Http.GetAsync("api/waits", HttpCompletionOption.ResponseHeadersRead, caller.Token);

        response.Dispose();

        await HttpSamples.Left.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(new TestAppOptions { Functions = [typeof(HttpSamples)] });
}
