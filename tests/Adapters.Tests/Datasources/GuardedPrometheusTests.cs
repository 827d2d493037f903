using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Datasources;

/// <summary>Stored datasources against a real Prometheus that asks for a password, and for a client certificate.</summary>
public sealed class GuardedPrometheusTests
{
    /// <summary>bcrypt of "correct horse".</summary>
    private const string Users = "basic_auth_users: {reader: '$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e'}";

    private static readonly DateTimeOffset At = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BasicAuth_RightPassword_IsHealthyAndAnswersAndAWrongOneSaysSo()
    {
        await using var server = await PrometheusServer.StartGuardedAsync(Users, null, Stop);
        using var stored = new Stored(server.Url.Authority);
        var settings = Stored.Settings("prometheus", server.Url) with { Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Basic, Username = "reader" } };

        var good = Stored.Open(settings, ("password", "correct horse"));
        Assert.StartsWith("2.", await stored.Get<IDescribedSource>(good).CheckAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(3, Assert.Single((await stored.Get<IMetricSource>(good).QueryAsync("1 + 2", At, Stop)).Items).Value);
        Assert.All(stored.Uses, Assert.Null);

        var failure = await Assert.ThrowsAsync<SourceException>(() => stored.Get<IMetricSource>(Stored.Open(settings, ("password", "wrong"))).QueryAsync("1", At, Stop));
        Assert.Equal((SourceFailure.Unauthorized, "s: refused our credentials (401)"), (failure.Failure, failure.Message));
        Assert.Same(failure, stored.Uses.Last());
    }

    [Fact]
    public async Task ClientCertificate_IsShownToTheServerOfTheGivenAuthorityOnly()
    {
        using var authority = Authority("ca");
        var (serverPem, serverKey) = Issue(authority, "127.0.0.1", server: true);
        var (clientPem, clientKey) = Issue(authority, "reader", server: false);
        await using var server = await PrometheusServer.StartGuardedAsync(
            "tls_server_config: {cert_file: server.pem, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}\n" + Users,
            folder =>
            {
                File.WriteAllText(Path.Combine(folder, "server.pem"), serverPem);
                File.WriteAllText(Path.Combine(folder, "server.key"), serverKey);
                File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
            },
            Stop);
        using var stored = new Stored(server.Url.Authority);
        var settings = Stored.Settings("prometheus", server.Url) with
        {
            CaCertificate = authority.ExportCertificatePem(),
            Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Basic, Username = "reader" },
        };

        var good = Stored.Open(settings, ("password", "correct horse"), ("certificate", clientPem), ("privateKey", clientKey));
        Assert.Equal(3, Assert.Single((await stored.Get<IMetricSource>(good).QueryAsync("1 + 2", At, Stop)).Items).Value);

        var withoutOne = await FailureAsync(stored, Stored.Open(settings, ("password", "correct horse")));
        Assert.Equal(SourceFailure.Unavailable, withoutOne.Failure);
        using var other = Authority("another");
        var distrusted = await FailureAsync(stored, good with { Settings = settings with { CaCertificate = other.ExportCertificatePem() } });
        Assert.Contains("its certificate was refused", distrusted.Message, StringComparison.Ordinal);
        var unknown = await FailureAsync(stored, good with { Settings = settings with { CaCertificate = null } });
        Assert.Contains("its certificate was refused", unknown.Message, StringComparison.Ordinal);
        var (strangerPem, strangerKey) = Issue(other, "reader", server: false);
        Assert.Equal(
            SourceFailure.Unavailable,
            (await FailureAsync(stored, Stored.Open(settings, ("password", "correct horse"), ("certificate", strangerPem), ("privateKey", strangerKey)))).Failure);
    }

    [Fact]
    public async Task Disposed_QuestionsFailAsIfTheSourceWereAway()
    {
        using var authority = Authority("ca");
        using var stored = new Stored("127.0.0.1:1");
        var live = stored.Live(Stored.Open(Stored.Settings("prometheus", new Uri("https://127.0.0.1:1/")) with { CaCertificate = authority.ExportCertificatePem() }));
        live.Dispose();

        var failure = await Assert.ThrowsAsync<SourceException>(() => live.Sources.OfType<IMetricSource>().Single().QueryAsync("1", At, Stop));

        Assert.Equal((SourceFailure.Unavailable, "s: its settings were changed just now; ask again"), (failure.Failure, failure.Message));
    }

    [Fact]
    public async Task AddressThatIsNotAllowed_IsNotAskedAlsoWithACertificate()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Stop);
        using var authority = Authority("ca");
        using var stored = new Stored("elsewhere.example:1");
        var settings = Stored.Settings("prometheus", server.Url);

        foreach (var each in new[] { settings, settings with { CaCertificate = authority.ExportCertificatePem() } })
        {
            Assert.Equal(SourceFailure.NotAllowed, (await FailureAsync(stored, Stored.Open(each))).Failure);
        }

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task HeadersOfTheSettings_AreSent()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("""{"status":"success","data":{"resultType":"vector","result":[]}}"""), Stop);
        using var stored = new Stored(server.Url.Authority);
        var settings = Stored.Settings("prometheus", server.Url) with
        {
            OrgId = "team-a",
            Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Header, HeaderName = "X-Api-Key" },
        };

        await stored.Get<IMetricSource>(Stored.Open(settings, ("headerValue", "k3y"))).QueryAsync("up", At, Stop);
        await stored.Get<IMetricSource>(Stored.Open(settings with { Auth = new DatasourceAuth { Kind = DatasourceAuthKind.Bearer } }, ("token", "t0ken"))).QueryAsync("up", At, Stop);

        var seen = server.Requests.ToList();
        Assert.Equal(("k3y", "team-a"), (seen[0].Headers["X-Api-Key"], seen[0].Headers["X-Scope-OrgID"]));
        Assert.Equal("Bearer t0ken", seen[1].Headers["Authorization"]);
    }

    [Fact]
    public async Task CredentialThatCannotBeOpened_NothingIsSent()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Json("{}"), Stop);
        using var stored = new Stored(server.Url.Authority);

        var failure = await FailureAsync(stored, Stored.Open(Stored.Settings("prometheus", server.Url)) with { Problem = "set it anew" });

        Assert.Equal((SourceFailure.Unauthorized, "s: set it anew"), (failure.Failure, failure.Message));
        Assert.Empty(server.Requests);
    }

    private static Task<SourceException> FailureAsync(Stored stored, OpenedDatasource datasource) =>
        Assert.ThrowsAsync<SourceException>(() => stored.Get<IMetricSource>(datasource).QueryAsync("1", At, Stop));

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(79));
    }

    private static (string Pem, string Key) Issue(X509Certificate2 authority, string name, bool server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        if (server)
        {
            names.AddIpAddress(IPAddress.Parse(name));
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
