using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Limits;
using Nightwatch.Functions.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Http;

public sealed class CallerIdentificationTests
{
    private static readonly AccessOptions Configured = new() { IntakeTokenHashes = [Hash("intake")], ReadTokenHashes = [Hash("other"), Hash("read")] };

    private static readonly AccessPolicy TwoTenants = new() { Tenants = [new Tenant("default", "one"), new Tenant("acme", "two")] };

    private readonly InMemoryDocuments<ServiceToken> documents = new(ServiceToken.Type);
    private readonly ManualTime time = new(DateTimeOffset.Parse("2026-11-21T03:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServiceTokens Tokens => new(documents, time);

    [Theory]
    [InlineData("Bearer intake", true)]
    [InlineData("bearer   intake ", true)]
    [InlineData("Bearer wrong", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Digest intake", false)]
    [InlineData("Basic !!!", false)]
    [InlineData("Basic aW50YWtl", false)]
    [InlineData(null, false)]
    public async Task Identify_AuthorizationHeader_FollowsTheToken(string? header, bool isLetIn) =>
        Assert.Equal(isLetIn, (await IdentifyAsync(Request(header), Configured)).Caller is not null);

    [Fact]
    public async Task Identify_ConfiguredTokens_MayWhatTheirSettingSays()
    {
        var intake = (await IdentifyAsync(Request("Bearer intake"), Configured)).Caller!;
        var read = (await IdentifyAsync(Request("Bearer read"), Configured)).Caller!;

        Assert.True(intake.May(Permission.IngestAlerts));
        Assert.False(intake.May(Permission.ReadIncidents));
        Assert.True(read.ReadsEverything);
        Assert.False(read.May(Permission.IngestAlerts));
        Assert.False(read.May(Permission.ManageAccess));
    }

    [Theory]
    [InlineData("anybody:intake", true)]
    [InlineData(":intake", true)]
    [InlineData("intake:wrong", false)]
    public async Task Identify_BasicCredentials_LooksAtThePassword(string pair, bool isLetIn)
    {
        var request = Request("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));

        Assert.Equal(isLetIn, (await IdentifyAsync(request, Configured)).Caller is not null);
    }

    [Theory]
    [InlineData("?code=intake", true)]
    [InlineData("?code=wrong", false)]
    [InlineData("?code=", false)]
    public async Task Identify_CodeInTheQuery_FollowsTheToken(string query, bool isLetIn) =>
        Assert.Equal(isLetIn, (await IdentifyAsync(Request(null, query), Configured)).Caller is not null);

    [Fact]
    public async Task Identify_WrongHeaderAndRightQuery_IsRefused() => Assert.Null((await IdentifyAsync(Request("Bearer wrong", "?code=intake"), Configured)).Caller);

    [Fact]
    public async Task Identify_NothingConfigured_IsRefusedAndSaysWhatToSet()
    {
        var outcome = await IdentifyAsync(Request(null), new AccessOptions());

        Assert.Equal(401, outcome.Status);
        Assert.Contains("NIGHTWATCH_INTAKE_TOKEN_SHA256", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identify_HashSentAsTheToken_IsRefused() => Assert.Null((await IdentifyAsync(Request("Bearer " + Hash("intake")), Configured)).Caller);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", null, true)]
    [InlineData("::1", "::1", "[::1]:7071", null, true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1", null, true)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "http://localhost:7071", true)]
    [InlineData("10.0.0.9", "10.0.0.1", "10.0.0.1:7071", null, false)]
    [InlineData("127.0.0.1", "127.0.0.1", "rebound.example:7071", null, false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "http://evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost:7071", "null", false)]
    public async Task Identify_DevelopmentOnLoopback_LetsInThisMachineOnly(string remote, string local, string host, string? origin, bool isLetIn)
    {
        var http = Request(null);
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        http.Connection.LocalIpAddress = IPAddress.Parse(local);
        http.Request.Host = new HostString(host);
        if (origin is not null)
        {
            http.Request.Headers.Origin = origin;
        }

        Assert.Equal(isLetIn, (await IdentifyAsync(http, Development)).Caller is { Kind: CallerKind.Development });
    }

    [Fact]
    public async Task Identify_DevelopmentWithAWrongToken_IsRefused()
    {
        var http = AtThisMachine("Bearer wrong");

        Assert.Null((await IdentifyAsync(http, Development)).Caller);
    }

    [Theory]
    [InlineData("acme", "acme")]
    [InlineData("default", "default")]
    [InlineData("nobody", null)]
    public async Task Identify_DevelopmentNamesATenant_IsThereIfThePolicyKnowsIt(string wanted, string? tenant)
    {
        var http = AtThisMachine(null);
        http.Request.Headers[CallerIdentification.TenantHeader] = wanted;

        Assert.Equal(tenant, (await IdentifyAsync(http, Development)).Caller?.Tenant);
    }

    [Fact]
    public async Task Identify_ServiceToken_IsItsTenantsAndNoOther()
    {
        var made = await Tokens.CreateAsync(Callers.Everything("acme"), new NewServiceToken { Name = "ci", Permissions = ["ingest:alerts"] }, Cancel);

        var caller = (await IdentifyAsync(Request($"Bearer {made.Token}"), Configured)).Caller;
        var elsewhere = Request($"Bearer {made.Token}");
        elsewhere.Request.Headers[CallerIdentification.TenantHeader] = "default";

        Assert.Equal(("acme", $"machine:{made.Stored!.Id}"), (caller?.Tenant, caller?.Subject));
        Assert.True(caller!.May(Permission.IngestAlerts));
        Assert.False(caller.May(Permission.ReadIncidents));
        Assert.Equal(403, (await IdentifyAsync(elsewhere, Configured)).Status);
    }

    [Fact]
    public async Task Identify_TokenOfATenantThatIsNoMore_IsRefused()
    {
        var made = await Tokens.CreateAsync(Callers.Everything("gone"), new NewServiceToken { Name = "ci", Permissions = ["ingest:alerts"] }, Cancel);

        Assert.Null((await IdentifyAsync(Request($"Bearer {made.Token}"), Configured)).Caller);
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

    private static AccessOptions Development => new() { AllowLoopbackWithoutCredentials = true };

    private Task<CallerOutcome> IdentifyAsync(HttpContext http, AccessOptions options) =>
        new CallerIdentification(
            NobodyVouches(),
            Options.Create(options),
            Tokens,
            new FixedAccessPolicy(TwoTenants),
            Options.Create(new LimitsOptions()),
            NullLogger<CallerIdentification>.Instance).IdentifyAsync(http, Cancel);

    /// <summary>No issuer is configured; what they vouch for is tested with a real provider.</summary>
    private IdentityReader NobodyVouches()
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IDocuments<Session>>(new InMemoryDocuments<Session>(Session.Type))
            .AddSingleton<IDocuments<SignInAttempt>>(new InMemoryDocuments<SignInAttempt>(SignInAttempt.Type));
        return services.AddSignIn(new ConfigurationBuilder().Build()).BuildServiceProvider().GetRequiredService<IdentityReader>();
    }

    private static DefaultHttpContext AtThisMachine(string? authorization)
    {
        var http = Request(authorization);
        http.Connection.RemoteIpAddress = http.Connection.LocalIpAddress = IPAddress.Loopback;
        http.Request.Host = new HostString("localhost");
        return http;
    }

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
