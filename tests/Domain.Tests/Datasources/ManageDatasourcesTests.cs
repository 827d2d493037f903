using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;
using static Nightwatch.Domain.Tests.Datasources.DatasourceWorld;

namespace Nightwatch.Domain.Tests.Datasources;

/// <summary>What becomes of wishes, and above all of the credentials in them.</summary>
public sealed class ManageDatasourcesTests : IDisposable
{
    private const string Tenant = DatasourceWorld.Tenant;

    private readonly DatasourceWorld world = new(null, new SettingSource("lab", "prometheus"), new SettingSource("panes", "grafana"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Put_WithoutTheCredential_KeepsIt()
    {
        await world.AddAsync(WithPassword());

        var changed = await world.PutAsync("prom", Wish() with { TimeoutSeconds = 30 });

        Assert.Equal((DatasourceOutcomeKind.Done, 2), (changed.Kind, changed.Entry!.Version));
        Assert.Equal(["timeoutSeconds"], changed.Changes);
        Assert.Equal(["password"], changed.Entry.Auth!.Set);
        Assert.Equal("correct horse", (await world.OnlyAsync()).Secrets["password"]);
        Assert.Equal("reader", (await world.OnlyAsync()).Opened.Settings.Auth.Username);
    }

    [Theory]
    [InlineData("https://evil.example", "prometheus")]
    [InlineData("http://prom.example", "prometheus")]
    [InlineData("https://prom.example:444", "prometheus")]
    [InlineData("https://prom.example/echo", "prometheus")]
    [InlineData("https://prom.example", "loki")]
    public async Task Put_OtherUrlOrTypeWithoutTheCredential_IsRefusedAndNothingChanges(string url, string type)
    {
        await world.AddAsync(WithPassword());

        var outcome = await world.PutAsync("prom", Wish(url: url) with { Type = type });
        var withUser = await world.PutAsync("prom", Wish(url: url) with { Type = type, Auth = new DatasourceAuthWish { Username = "other" } });

        Assert.Equal((DatasourceOutcomeKind.Wrong, "auth.password"), (outcome.Kind, outcome.Field));
        Assert.Equal((DatasourceOutcomeKind.Wrong, "auth.password"), (withUser.Kind, withUser.Field));
        Assert.Equal(new Uri("https://prom.example/"), (await world.OnlyAsync()).Opened.Settings.Url);
    }

    [Fact]
    public async Task Put_OtherUrlWithTheCredentialOrNull_IsTaken()
    {
        await world.AddAsync(WithPassword());

        var again = await world.PutAsync("prom", WithPassword("https://new.example"));
        Assert.Equal("correct horse", (await world.OnlyAsync()).Secrets["password"]);
        var without = await world.PutAsync("prom", Wish(url: "https://third.example") with { Auth = new DatasourceAuthWish { Password = new GivenSecret(true, null) } });

        Assert.Equal((DatasourceOutcomeKind.Done, DatasourceOutcomeKind.Done), (again.Kind, without.Kind));
        Assert.Empty((await world.OnlyAsync()).Secrets);
        Assert.Contains("auth.password removed", without.Changes);
    }

    [Fact]
    public async Task Put_OnlyTheWriterOfTheStoreMovesTheAddress_TheCredentialDoesNotOpen()
    {
        await world.AddAsync(WithPassword());
        var read = (await world.Documents.ReadAsync(Tenant, "prom", Stop))!;
        await world.Documents.WriteAsync(Tenant, DocumentWrite<Datasource>.Replace(read, read.Value with { Url = new Uri("https://evil.example/") }), Stop);
        world.Time.Advance(DatasourceRegistry.KeepFor);

        var source = await world.OnlyAsync();

        Assert.Empty(source.Secrets);
        Assert.Contains("set it anew", source.Opened.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_CredentialsOfAnotherKind_TakeThePlaceOfTheOldOnes()
    {
        await world.AddAsync(WithPassword());

        await world.PutAsync("prom", Wish() with { Auth = new DatasourceAuthWish { Token = GivenSecret.Of("t0ken") } });

        var source = await world.OnlyAsync();
        Assert.Equal(DatasourceAuthKind.Bearer, source.Opened.Settings.Auth.Kind);
        Assert.Equal(["token"], source.Secrets.Keys);
        Assert.Null(source.Opened.Settings.Auth.Username);
    }

    [Fact]
    public async Task Put_TokenNull_GoesWithoutAndKindWithoutItsCredentialIsRefused()
    {
        await world.AddAsync(Wish() with { Auth = new DatasourceAuthWish { Token = GivenSecret.Of("t0ken") } });
        var contradiction = await world.PutAsync("prom", Wish() with { Auth = new DatasourceAuthWish { Kind = DatasourceAuthKind.Bearer, Token = new GivenSecret(true, null) } });
        var removed = await world.PutAsync("prom", Wish() with { Auth = new DatasourceAuthWish { Token = new GivenSecret(true, null) } });

        Assert.Equal((DatasourceOutcomeKind.Wrong, "auth.token"), (contradiction.Kind, contradiction.Field));
        Assert.Equal((DatasourceOutcomeKind.Done, DatasourceAuthKind.None), (removed.Kind, removed.Entry!.Auth!.Kind));
    }

    [Theory]
    [InlineData("""{"type":"prometheus","url":"http://a"}""", "name")]
    [InlineData("""{"name":"a b","type":"prometheus","url":"http://a"}""", "name")]
    [InlineData("""{"name":"configured:x","type":"prometheus","url":"http://a"}""", "name")]
    [InlineData("""{"name":"a","url":"http://a"}""", "type")]
    [InlineData("""{"name":"a","type":"influxdb","url":"http://a"}""", "through")]
    [InlineData("""{"name":"a","type":"prometheus"}""", "url")]
    [InlineData("""{"name":"a","type":"prometheus","url":"ftp://a"}""", "url")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://u:p@a"}""", "url")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a?x=1"}""", "url")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","externalUrl":"javascript:alert(1)"}""", "externalUrl")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","timeoutSeconds":0}""", "timeoutSeconds")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","maxAnswerMegabytes":513}""", "maxAnswerMegabytes")]
    [InlineData("""{"name":"a","type":"loki","url":"http://a","orgId":"a\nb"}""", "orgId")]
    [InlineData("""{"name":"a","type":"grafana","url":"http://a","orgId":"x"}""", "orgId")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","caCertificate":"no pem"}""", "caCertificate")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","labels":{"1":"x"}}""", "labels")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"kind":"bearer"}}""", "auth.token")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"token":"a b"}}""", "auth.token")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"password":"x"}}""", "auth.username")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"headerName":"Host","headerValue":"x"}}""", "auth.headerName")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"headerValue":"x"}}""", "auth.headerName")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"headerName":"X-Key","headerValue":"a\r\nb"}}""", "auth.headerValue")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"kind":"certificate"}}""", "auth.certificate")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"kind":"certificate","certificate":"x"}}""", "auth.privateKey")]
    [InlineData("""{"name":"a","type":"prometheus","url":"http://a","auth":{"certificate":"x","privateKey":"y"}}""", "auth.certificate")]
    [InlineData("""{"name":"a","type":"grafana","through":{"datasource":"configured:grafana:panes","uid":"x"}}""", "through")]
    [InlineData("""{"name":"a","type":"influxdb","through":{"datasource":"configured:grafana:panes","uid":"../x"}}""", "through.uid")]
    [InlineData("""{"name":"a","type":"influxdb","through":{"datasource":"nothing","uid":"x"}}""", "through.datasource")]
    [InlineData("""{"name":"a","type":"influxdb","through":{"datasource":"configured:prometheus:lab","uid":"x"}}""", "through.datasource")]
    [InlineData("""{"name":"a","type":"loki","orgId":"x","through":{"datasource":"configured:grafana:panes","uid":"x"}}""", "orgId")]
    [InlineData("""{"name":"a","type":"influxdb","url":"http://a","through":{"datasource":"configured:grafana:panes","uid":"x"}}""", "url")]
    [InlineData("""{"name":"a","type":"influxdb","auth":{"kind":"bearer","token":"x"},"through":{"datasource":"configured:grafana:panes","uid":"x"}}""", "auth")]
    public async Task Create_WrongField_IsNamedAndTheCredentialIsNotRepeated(string json, string field)
    {
        var outcome = await world.AddAsync(JsonSerializer.Deserialize<DatasourceWish>(json, NightwatchJson.Options)!);

        Assert.Equal((DatasourceOutcomeKind.Wrong, field), (outcome.Kind, outcome.Field));
        Assert.StartsWith(field == "through" ? "A source" : field.Split('.')[0], outcome.Problem!.Replace("There is no datasource", "through"), StringComparison.Ordinal);
        Assert.Empty(world.Documents.All(Tenant));
    }

    [Fact]
    public async Task Create_CertificateAndKeyThatBelongTogether_AreTakenAndOthersRefused()
    {
        var (certificate, key) = Pem();
        var (_, otherKey) = Pem();

        var good = await world.AddAsync(Wish() with { Auth = new DatasourceAuthWish { Certificate = GivenSecret.Of(certificate), PrivateKey = GivenSecret.Of(key) } });
        var bad = await world.AddAsync(Wish("two") with { Auth = new DatasourceAuthWish { Certificate = GivenSecret.Of(certificate), PrivateKey = GivenSecret.Of(otherKey) } });

        Assert.Equal((DatasourceOutcomeKind.Done, DatasourceAuthKind.Certificate), (good.Kind, good.Entry!.Auth!.Kind));
        Assert.Equal((DatasourceOutcomeKind.Wrong, "auth.certificate"), (bad.Kind, bad.Field));
    }

    [Fact]
    public async Task Create_NameThatIsTaken_IsAConflictAlsoOfConfiguredOnesAndInOtherCase()
    {
        await world.AddAsync(Wish("Prom"));

        Assert.Equal(DatasourceOutcomeKind.Conflict, (await world.AddAsync(Wish("prom"))).Kind);
        Assert.Equal(DatasourceOutcomeKind.Conflict, (await world.AddAsync(Wish("LAB"))).Kind);
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.AddAsync(Wish("prom"), Callers.Everything("other"))).Kind);
    }

    [Fact]
    public async Task Change_ByOneWhoseScopeLacksTheName_IsAsIfItWereNotThere()
    {
        await world.AddAsync(WithPassword());
        var limited = Callers.With(Tenant, new Scope { Datasources = ["mine"] }, Permission.ManageDatasources, Permission.ReadDashboards);

        Assert.Equal(DatasourceOutcomeKind.Forbidden, (await world.AddAsync(Wish("other"), limited)).Kind);
        Assert.Equal(DatasourceOutcomeKind.NotFound, (await world.Manage.DeleteAsync(limited, "prom", null, Stop)).Kind);
        Assert.Equal(DatasourceOutcomeKind.NotFound, (await world.Manage.ReplaceAsync(limited, "prom", Wish(), null, new(true, true), Stop)).Kind);
        Assert.Equal(DatasourceOutcomeKind.NotFound, (await world.Manage.DeleteAsync(limited, "configured:prometheus:lab", null, Stop)).Kind);
        Assert.Empty(await world.Read.ListAsync(limited, null, Stop));
        Assert.Null(await world.Read.GetAsync(limited, "prom", false, Stop));
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.AddAsync(Wish("mine"), limited)).Kind);
        Assert.Equal(["mine"], (await world.Read.ListAsync(limited, null, Stop)).Select(d => d.Id));
    }

    [Fact]
    public async Task Through_AGrafanaOutsideOfTheScope_IsRefused()
    {
        var limited = Callers.With(Tenant, new Scope { Datasources = ["mine"] }, Permission.ManageDatasources);
        var wish = new DatasourceWish { Name = "mine", Type = "influxdb", Through = new("configured:grafana:panes", "uid1") };

        Assert.Equal("through.datasource", (await world.AddAsync(wish, limited)).Field);
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.AddAsync(wish)).Kind);
    }

    [Fact]
    public async Task Configured_CannotBeChanged_AndTheSettingIsNamed()
    {
        var outcome = await world.PutAsync("configured:prometheus:lab", Wish("lab"));

        Assert.Equal(DatasourceOutcomeKind.Configured, outcome.Kind);
        Assert.Contains("PROMETHEUS_URL", outcome.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_OfAnOlderVersion_IsRefused()
    {
        var made = await world.AddAsync(Wish());
        var changed = await world.PutAsync("prom", Wish() with { TimeoutSeconds = 20 }, made.ETag);

        Assert.Equal(DatasourceOutcomeKind.Changed, (await world.PutAsync("prom", Wish(), made.ETag)).Kind);
        Assert.Equal(DatasourceOutcomeKind.Changed, (await world.Manage.DeleteAsync(Callers.Everything(Tenant), "prom", made.ETag, Stop)).Kind);
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.PutAsync("prom", Wish(), changed.ETag)).Kind);
    }

    [Theory]
    [InlineData(false, DatasourceOutcomeKind.TestFailed, 0)]
    [InlineData(true, DatasourceOutcomeKind.Done, 1)]
    public async Task Create_TestFails_IsStoredOnlyWhenForced(bool force, DatasourceOutcomeKind expected, int stored)
    {
        world.Factory.Failure = new SourceException(SourceFailure.Unauthorized, "prom", "prom: refused our credentials (401) password=hunter2secret");

        var outcome = await world.Manage.CreateAsync(Callers.Everything(Tenant), WithPassword(), new DatasourceTrial(true, force), Stop);

        Assert.Equal((expected, stored), (outcome.Kind, world.Documents.All(Tenant).Count));
        Assert.Equal(DatasourceState.Unhealthy, outcome.Entry!.Health.State);
        Assert.StartsWith("prom: refused our credentials (401)", outcome.Entry.Health.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", outcome.Entry.Health.Message, StringComparison.Ordinal);
        Assert.True(world.Factory.Made.First().IsDisposed);
    }

    [Fact]
    public async Task Create_WithoutAKey_CredentialsAreRefusedAndOthersAreNot()
    {
        world.Protector.CurrentKeyId = null;

        Assert.Equal(DatasourceOutcomeKind.NoKey, (await world.AddAsync(WithPassword())).Kind);
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.AddAsync(Wish())).Kind);
    }

    [Fact]
    public async Task Delete_GrafanaThatOthersGoThrough_IsRefusedUntilTheyAreGone()
    {
        await world.AddAsync(Wish("g") with { Type = "grafana" });
        await world.AddAsync(new DatasourceWish { Name = "flux", Type = "influxdb", Through = new("g", "uid1") });
        var admin = Callers.Everything(Tenant);

        Assert.Equal(DatasourceOutcomeKind.Conflict, (await world.Manage.DeleteAsync(admin, "g", null, Stop)).Kind);
        await world.Manage.DeleteAsync(admin, "flux", null, Stop);
        Assert.Equal(DatasourceOutcomeKind.Done, (await world.Manage.DeleteAsync(admin, "g", null, Stop)).Kind);
    }

    [Fact]
    public async Task Rewrap_MovesEveryCredentialToTheNewKey()
    {
        await world.AddAsync(WithPassword());
        world.Protector.CurrentKeyId = "k2";
        var rewrap = new RewrapSecrets<Datasource>(world.Documents, world.Protector, NullLogger<RewrapSecrets<Datasource>>.Instance);

        var report = await rewrap.RunAsync(Tenant, Stop);

        Assert.Equal((1, true), (report.Rewrapped, report.Done));
        Assert.StartsWith("k2|", Assert.Single(world.Documents.All(Tenant)).Credentials["password"], StringComparison.Ordinal);
        Assert.Equal("correct horse", (await world.OnlyAsync()).Secrets["password"]);
    }

    [Fact]
    public async Task Entry_AsJson_HoldsNoCredentialAndNoEnvelope()
    {
        await world.AddAsync(WithPassword());

        var json = JsonSerializer.Serialize(await world.Read.ListAsync(Callers.Everything(Tenant), null, Stop), NightwatchJson.Options);

        Assert.Contains("\"set\":[\"password\"]", json, StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", json, StringComparison.Ordinal);
        Assert.DoesNotContain("k1|", json, StringComparison.Ordinal);
        Assert.DoesNotContain("credentials", json, StringComparison.OrdinalIgnoreCase);
    }

    private static (string Certificate, string Key) Pem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
