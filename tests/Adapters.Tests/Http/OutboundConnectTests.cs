using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Prometheus;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance.Outbound;
using Nightwatch.Domain.Models;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Http;

/// <summary>Where connections go, over the wire. An allowed 127.0.0.2 stands for a public address, 127.0.0.1 for an inner one.</summary>
public sealed class OutboundConnectTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NameThatChangesItsMind_IsRefusedOnTheNextConnection()
    {
        var (server, victim) = await TwoOnOnePortAsync();
        await using var first = server;
        await using var second = victim;
        var resolver = new FakeResolver().With("rebind.example", ["127.0.0.2"], ["127.0.0.1"]);
        using var client = Guarded.ForUser("127.0.0.2", resolver);
        var url = $"http://rebind.example:{server.Url.Port}/";

        using var answer = await client.GetAsync(url, Cancel);
        var refusal = await Guarded.RefusedAsync(() => client.GetAsync(url, Cancel));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"rebind.example:{server.Url.Port}", Assert.Single(server.Requests).Headers["Host"]);
        Assert.Equal(OutboundRule.PrivateAddress, refusal.Rule);
        Assert.DoesNotContain("127.0.0.1", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(victim.Requests);
        // Once for each connection: what is connected to is what was judged.
        Assert.Equal(2, resolver.Asked.Count);
    }

    [Fact]
    public async Task NameWithOneInnerAddressAmongGoodOnes_IsRefused()
    {
        var (server, victim) = await TwoOnOnePortAsync();
        await using var first = server;
        await using var second = victim;
        using var client = Guarded.ForUser("127.0.0.2", new FakeResolver().With("mixed.example", ["127.0.0.2", "127.0.0.1"]));

        var refusal = await Guarded.RefusedAsync(() => client.GetAsync($"http://mixed.example:{server.Url.Port}/", Cancel));

        Assert.Equal(OutboundRule.PrivateAddress, refusal.Rule);
        Assert.Empty(server.Requests);
        Assert.Empty(victim.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[0:0:0:0:0:ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[::1%25lo]")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("127.0.0.1.nip.io")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("127。0。0。1")]
    public async Task LoopbackHoweverSpelt_IsRefusedToUsers(string host)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        using var client = Guarded.ForUser(resolver: new LoopbackResolver());

        var refusal = await Guarded.RefusedAsync(() => client.GetAsync($"http://{host}:{server.Url.Port}/", Cancel));

        Assert.Equal(OutboundRule.PrivateAddress, refusal.Rule);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/iam/")]
    [InlineData("http://[fe80::1%25lo]/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://inner.example/")]
    public async Task Platform_IsRefusedToTheOperatorToo(string url)
    {
        using var client = Guarded.Client(OutboundTrust.Operator(new Uri(url)), new FakeResolver().With("inner.example", ["169.254.169.254"]));

        var refusal = await Guarded.RefusedAsync(() => client.GetAsync(url, Cancel));

        Assert.Equal(OutboundRule.PlatformAddress, refusal.Rule);
    }

    [Fact]
    public async Task OperatorsHost_IsReachedOnItsPortOnly()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        await using var neighbour = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        using var client = Guarded.Client(OutboundTrust.Operator(server.Url));

        using var answer = await client.GetAsync(server.Url, Cancel);
        var refusal = await Guarded.RefusedAsync(() => client.GetAsync(neighbour.Url, Cancel));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(OutboundRule.NotNamed, refusal.Rule);
        Assert.Empty(neighbour.Requests);
    }

    [Fact]
    public async Task ListedName_MayBeInside()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        using var client = Guarded.ForUser("inner.corp.example", new FakeResolver().With("inner.corp.example", ["127.0.0.1"]));

        using var answer = await client.GetAsync($"http://inner.corp.example:{server.Url.Port}/", Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task DeadFirstAddress_LeavesTheSecond()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        // Nothing listens on the same port of 127.0.0.3.
        using var client = Guarded.ForUser("127.0.0.0/8", new FakeResolver().With("two.example", ["127.0.0.3", "127.0.0.1"]));

        using var answer = await client.GetAsync($"http://two.example:{server.Url.Port}/", Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task RefusedConnection_DoesNotTellTheAddress()
    {
        using var client = Guarded.ForUser("127.0.0.9", new FakeResolver().With("down.example", ["127.0.0.9"]));

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync($"http://down.example:{Ports.Free()}/", Cancel));

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
        Assert.DoesNotContain("127.0.0.9", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeptConnection_IsNotResolvedAgain()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        var resolver = new FakeResolver().With("kept.example", ["127.0.0.1"]);
        using var client = Guarded.ForUser("kept.example", resolver);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("{}", await client.GetStringAsync($"http://kept.example:{server.Url.Port}/", Cancel));
        }

        Assert.Single(resolver.Asked);
    }

    [Fact]
    public async Task Tls_AsksForTheNameAndStillChecksTheCertificate()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=else.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = new TaskCompletionSource<string>();
        var serving = Task.Run(
            async () =>
            {
                using var connection = await listener.AcceptTcpClientAsync(Cancel);
                await using var tls = new SslStream(connection.GetStream());
                await Assert.ThrowsAnyAsync<Exception>(async () =>
                {
                    await tls.AuthenticateAsServerAsync(
                        (_, hello, _, _) =>
                        {
                            asked.SetResult(hello.ServerName);
                            return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
                        },
                        null,
                        Cancel);
                    // With TLS 1.3 the server learns of the refusal on reading.
                    await tls.ReadExactlyAsync(new byte[1], Cancel);
                });
            },
            Cancel);
        using var client = Guarded.ForUser("tls.example", new FakeResolver().With("tls.example", ["127.0.0.1"]));

        var exception = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetAsync($"https://tls.example:{((IPEndPoint)listener.LocalEndpoint).Port}/", Cancel));

        Assert.IsType<AuthenticationException>(exception.InnerException);
        Assert.Equal("tls.example", await asked.Task);
        await serving;
    }

    [Fact]
    public async Task Proxy_GetsListedNamesAndIsNoTargetItself()
    {
        await using var proxy = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        var resolver = new FakeResolver();
        using var client = Guarded.Client(
            OutboundTrust.User,
            resolver,
            null,
            (OutboundSettings.AllowKey, "api.example.com"),
            (OutboundSettings.ProxyKey, $"http://me:p%40ss@127.0.0.1:{proxy.Url.Port}"));

        using var answer = await client.GetAsync("http://api.example.com/x", Cancel);
        var unlisted = await Guarded.RefusedAsync(() => client.GetAsync("http://other.example.com/x", Cancel));
        var itself = await Guarded.RefusedAsync(() => client.GetAsync(proxy.Url, Cancel));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("api.example.com", Assert.Single(proxy.Requests).Headers["Host"]);
        Assert.Empty(resolver.Asked);
        Assert.Equal(OutboundRule.NotListed, unlisted.Rule);
        Assert.Equal(OutboundRule.ProxyItself, itself.Rule);
    }

    [Fact]
    public async Task SourceOfAUser_IsRefusedInWordsForPeople()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel);
        await using var provider = Sources.Build();
        var source = new PrometheusMetricSource(
            (IHttpClientFactory)provider.GetService(typeof(IHttpClientFactory))!,
            new SourceOptions { Name = "mine", Url = server.Url, ExternalUrl = server.Url, ByUser = true },
            TimeProvider.System);

        var failure = await Assert.ThrowsAsync<SourceException>(() => source.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancel));

        Assert.Equal(SourceFailure.NotAllowed, failure.Failure);
        Assert.StartsWith("mine: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("NIGHTWATCH_OUTBOUND_ALLOW", failure.Message, StringComparison.Ordinal);
        Assert.Contains("private-address", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Model_OnAPlatformsAddress_IsNotAllowed()
    {
        var model = Sources.Get<IChatModel>(("OPENAI_ENDPOINT", "http://169.254.169.254/v1"), ("OPENAI_MODEL", "m"));

        var failure = await Assert.ThrowsAsync<SourceException>(
            () => model.CompleteAsync(new ModelRequest { System = "s", User = "u", MaxOutputTokens = 10 }, Cancel));

        Assert.Equal(SourceFailure.NotAllowed, failure.Failure);
        Assert.Contains("platform-address", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<(FakeServer Server, FakeServer Victim)> TwoOnOnePortAsync()
    {
        while (true)
        {
            var server = await FakeServer.StartAsync(
                async context =>
                {
                    context.Response.Headers.Connection = "close";
                    await FakeServer.Json("{}")(context);
                },
                Cancel,
                "http://127.0.0.2:0");
            try
            {
                return (server, await FakeServer.StartAsync(FakeServer.Json("{}"), Cancel, $"http://127.0.0.1:{server.Url.Port}"));
            }
            catch (IOException)
            {
                // Another test has that port on the other address.
                await server.DisposeAsync();
            }
        }
    }

    private sealed class LoopbackResolver : IHostResolver
    {
        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
    }
}
