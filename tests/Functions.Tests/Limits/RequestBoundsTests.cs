using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Limits;

namespace Nightwatch.Functions.Tests.Limits;

public sealed class RequestBoundsTests
{
    private static readonly LimitsOptions Limits = new() { MaxBodyBytes = 1000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Check_AnOrdinaryRequest_GoesOn() => Assert.Null(RequestBounds.Check(Request(new byte[1000], 1000), Limits, isIntake: false));

    [Fact]
    public void Check_ALongUrl_Is414() => Assert.Equal(414, StatusOf(Request([], null, query: "?q=" + new string('x', 8000))));

    [Fact]
    public void Check_ManyHeaders_Is431()
    {
        var http = Request([], null);
        for (var i = 0; i < 100; i++)
        {
            http.Request.Headers[$"X-{i}"] = "x";
        }

        Assert.Equal(431, StatusOf(http));
    }

    [Fact]
    public void Check_LargeHeaders_Is431()
    {
        var http = Request([], null);
        http.Request.Headers["X-Large"] = new string('x', 25 * 1024);

        Assert.Equal(431, StatusOf(http));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    public void Check_ACompressedBody_Is415(string encoding)
    {
        var http = Request([1, 2, 3], 3);
        http.Request.Headers.ContentEncoding = encoding;

        Assert.Equal(415, StatusOf(http));
    }

    [Fact]
    public void Check_ALargeAnnouncedBody_Is413ButForAnIntake()
    {
        Assert.Equal(413, StatusOf(Request(new byte[1001], 1001)));
        Assert.Null(RequestBounds.Check(Request(new byte[1001], 1001), Limits, isIntake: true));
    }

    [Fact]
    public async Task Read_ABodyOfUnknownLengthThatIsTooLarge_Is413()
    {
        var http = Request(new byte[5000], null);
        http.Request.Headers.TransferEncoding = "chunked";
        Assert.Null(RequestBounds.Check(http, Limits, isIntake: false));

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() => RequestBody.ReadAsync(http.Request, 1_000_000, Stop));

        Assert.Equal(413, refused.StatusCode);
    }

    [Fact]
    public async Task Read_ABodyThatNeverEnds_Is408()
    {
        var http = Request([], 10);
        http.Request.Body = new SilentStream();
        RequestBounds.Check(http, new LimitsOptions { BodyTime = TimeSpan.FromMilliseconds(20) }, isIntake: true);

        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(() => RequestBody.ReadAsync(http.Request, 100, Stop));

        Assert.Equal(408, refused.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"a"}""", true)]
    [InlineData("""{"name":"a","name":"b"}""", false)]
    [InlineData("""{"name":null}""", false)]
    [InlineData("""{"name":"\ud800"}""", false)]
    [InlineData("""{"name":"a"} x""", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    public async Task ReadJson_OnlyWhatIsRight_IsTaken(string body, bool taken)
    {
        var (value, problem) = await JsonBody.ReadAsync<Named>(Json(body).Request, Stop);

        Assert.Equal(taken, value is not null);
        Assert.Equal(taken, problem is null);
    }

    [Fact]
    public async Task ReadJson_TooDeep_IsRefused()
    {
        var (_, problem) = await JsonBody.ReadAsync<Named>(Json("{\"name\":\"a\",\"more\":" + new string('[', 40) + new string(']', 40) + "}").Request, Stop);

        Assert.Equal(400, ((IStatusCodeHttpResult)problem!).StatusCode);
    }

    [Fact]
    public async Task ReadJson_OfAnotherType_Is415()
    {
        var http = Json("{}");
        http.Request.ContentType = "text/plain";

        Assert.Equal(415, ((IStatusCodeHttpResult)(await JsonBody.ReadAsync<Named>(http.Request, Stop)).Problem!).StatusCode);
    }

    [Theory]
    [InlineData("NIGHTWATCH_LIMITS_PERSON_PER_MINUTE", "many")]
    [InlineData("NIGHTWATCH_LIMITS_PERSON_PER_MINUTE", "-1")]
    [InlineData("NIGHTWATCH_LIMITS_PERSON_PER_MINUTE_FOR:acme", "few")]
    [InlineData("NIGHTWATCH_LIMITS_BODY_KB", "0")]
    [InlineData("NIGHTWATCH_LIMITS_ROUTES", "ListIncidents")]
    [InlineData("NIGHTWATCH_LIMITS_ROUTES", "ListIncidents=0")]
    public void Read_ASettingThatIsWrong_IsRefusedByName(string name, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(name, value)]).Build();

        Assert.Contains(name, Assert.Throws<OptionsValidationException>(() => new LimitsOptions().Read(configuration)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://ops.example.com/")]
    [InlineData("https://ops.example.com/page")]
    [InlineData("https://*.example.com")]
    [InlineData("ops.example.com")]
    [InlineData("null")]
    [InlineData("ftp://ops.example.com")]
    [InlineData("https://user@ops.example.com")]
    public void ParseCors_WhatIsNoExactOrigin_IsRefused(string origin) => Assert.Throws<OptionsValidationException>(() => CorsOptions.Parse(origin));

    private static int? StatusOf(HttpContext http) => (RequestBounds.Check(http, Limits, isIntake: false) as IStatusCodeHttpResult)?.StatusCode;

    private static DefaultHttpContext Json(string body)
    {
        var http = Request(Encoding.UTF8.GetBytes(body), body.Length);
        http.Request.ContentType = "application/json";
        return http;
    }

    private static DefaultHttpContext Request(byte[] body, long? length, string query = "")
    {
        var http = new DefaultHttpContext();
        http.Request.Protocol = "HTTP/1.1";
        http.Request.Path = "/api/x";
        http.Request.QueryString = new QueryString(query);
        http.Request.Body = new MemoryStream(body);
        http.Request.ContentLength = length;
        return http;
    }

    private sealed record Named
    {
        public required string Name { get; init; }
    }

    /// <summary>A sender that connected and says nothing more.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
