using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Tests.Http;

public sealed class AccessDecisionTests
{
    private static readonly AccessOptions Configured = new() { IntakeTokenHashes = [Hash("intake")], ReadTokenHashes = [Hash("other"), Hash("read")] };

    [Theory]
    [InlineData("Bearer intake", 200)]
    [InlineData("bearer   intake ", 200)]
    [InlineData("Bearer wrong", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer read", 403)]
    [InlineData("Digest intake", 401)]
    [InlineData("Basic !!!", 401)]
    [InlineData("Basic aW50YWtl", 401)]
    [InlineData(null, 401)]
    public void Decide_AuthorizationHeader_FollowsTheToken(string? header, int status) =>
        Assert.Equal(status, Decide(Request(header), Configured).Status);

    [Theory]
    [InlineData("anybody:intake", 200)]
    [InlineData(":intake", 200)]
    [InlineData("intake:wrong", 401)]
    public void Decide_BasicCredentials_LooksAtThePassword(string pair, int status) =>
        Assert.Equal(status, Decide(Request("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))), Configured).Status);

    [Theory]
    [InlineData("?code=intake", 200)]
    [InlineData("?code=wrong", 401)]
    [InlineData("?code=", 401)]
    public void Decide_CodeInTheQuery_FollowsTheToken(string query, int status) => Assert.Equal(status, Decide(Request(null, query), Configured).Status);

    [Fact]
    public void Decide_WrongHeaderAndRightQuery_IsRefused() => Assert.Equal(401, Decide(Request("Bearer wrong", "?code=intake"), Configured).Status);

    [Fact]
    public void Decide_NothingConfigured_IsRefusedAndSaysWhatToSet()
    {
        var decision = Decide(Request(null), new AccessOptions());

        Assert.Equal(401, decision.Status);
        Assert.Contains("NIGHTWATCH_INTAKE_TOKEN_SHA256", decision.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_HashSentAsTheToken_IsRefused() => Assert.Equal(401, Decide(Request("Bearer " + Hash("intake")), Configured).Status);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", null, 200)]
    [InlineData("::1", "::1", "[::1]:7071", null, 200)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1", null, 200)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "http://localhost:7071", 200)]
    [InlineData("10.0.0.9", "10.0.0.1", "10.0.0.1:7071", null, 401)]
    [InlineData("127.0.0.1", "127.0.0.1", "rebound.example:7071", null, 401)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "http://evil.example", 401)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "null", 401)]
    public void Decide_DevelopmentOnLoopback_LetsInThisMachineOnly(string remote, string local, string host, string? origin, int status)
    {
        var http = Request(null);
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        http.Connection.LocalIpAddress = IPAddress.Parse(local);
        http.Request.Host = new HostString(host);
        if (origin is not null)
        {
            http.Request.Headers.Origin = origin;
        }

        Assert.Equal(status, Decide(http, new AccessOptions { AllowLoopbackWithoutCredentials = true }).Status);
    }

    [Fact]
    public void Decide_DevelopmentWithAWrongToken_IsRefused()
    {
        var http = Request("Bearer wrong");
        http.Connection.RemoteIpAddress = http.Connection.LocalIpAddress = IPAddress.Loopback;
        http.Request.Host = new HostString("localhost");

        Assert.Equal(401, Decide(http, new AccessOptions { AllowLoopbackWithoutCredentials = true }).Status);
    }

    [Theory]
    [InlineData("not a hash")]
    [InlineData("abc123")]
    public void Validate_SomethingThatIsNoHash_IsRefusedWithTheFix(string value)
    {
        var result = new AccessOptionsValidator().Validate(null, new AccessOptions { IntakeTokenHashes = AccessOptions.ParseHashes(value) });

        Assert.True(result.Failed);
        Assert.Contains("sha256sum", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void ParseHashes_SeveralWithSpaces_GivesEach() =>
        Assert.Equal([Hash("a"), Hash("b")], AccessOptions.ParseHashes($" {Hash("a").ToUpperInvariant()} , {Hash("b")},"));

    private static AccessDecision Decide(HttpContext http, AccessOptions options) => AccessDecision.Decide(http, Permission.IngestAlerts, options);

    private static DefaultHttpContext Request(string? authorization, string? query = null)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        if (authorization is not null)
        {
            http.Request.Headers.Authorization = authorization;
        }

        return http;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
