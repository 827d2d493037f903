using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>Tokens that are signed well and say the wrong thing.</summary>
public sealed class TokenClaimTests(ProviderFixture fixture) : IClassFixture<ProviderFixture>
{
    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private string Issuer => fixture.Provider.Issuer;

    [Theory]
    [InlineData("exp", -3600L, "expired")]
    [InlineData("exp", -61L, "expired")]
    [InlineData("nbf", 3600L, "good only from")]
    [InlineData("iat", 3600L, "in the future")]
    public async Task Verify_OutsideItsTime_IsRefused(string claim, long fromNow, string why) =>
        Assert.Contains(why, await RefusedAsync(claim, Now + fromNow), StringComparison.Ordinal);

    [Theory]
    [InlineData("exp", -30L)]
    [InlineData("nbf", 30L)]
    [InlineData("iat", 30L)]
    public async Task Verify_WithinTheClockSkew_IsAccepted(string claim, long fromNow) =>
        await fixture.Verifier.AcceptedAsync(fixture.Provider.AccessToken(claims => claims[claim] = Now + fromNow));

    public static TheoryData<string, object?> OddDates => new()
    {
        { "exp", $"{Now + 600}" }, { "exp", null }, { "exp", true }, { "exp", new[] { Now + 600 } }, { "exp", -1L }, { "exp", 1e300 }, { "exp", 253402300800L },
        { "exp", ulong.MaxValue }, { "nbf", "0" }, { "iat", "now" }, { "auth_time", -5 }, { "exp", new { seconds = 1 } },
    };

    [Theory]
    [MemberData(nameof(OddDates))]
    public async Task Verify_DateThatIsNone_IsRefused(string claim, object? value) =>
        Assert.Contains(claim, await RefusedAsync(claim, value), StringComparison.Ordinal);

    [Theory]
    [InlineData("1e400")]
    [InlineData("99999999999999999999999999999999999999999999")]
    [InlineData("0x7fffffff")]
    [InlineData("01700000000")]
    [InlineData("NaN")]
    public async Task Verify_NumberThatNoClockShows_IsRefused(string number) =>
        await fixture.Verifier.RefusedAsync(fixture.Provider.Signer.Sign(
            fixture.Provider.Signer.Header(), $$"""{"iss":"{{Issuer}}","sub":"ada","aud":"{{OpenIdProvider.Audience}}","exp":{{number}}}"""));

    [Fact]
    public async Task Verify_FractionOfASecond_IsAccepted() =>
        await fixture.Verifier.AcceptedAsync(fixture.Provider.AccessToken(claims => claims["exp"] = Now + 600.5));

    [Theory]
    [InlineData("exp", "never expires")]
    [InlineData("sub", "names no subject")]
    [InlineData("iss", "names no issuer")]
    [InlineData("aud", "has no audience")]
    public async Task Verify_WithoutARequiredClaim_IsRefused(string claim, string why) =>
        Assert.Contains(why, await fixture.Verifier.RefusedAsync(fixture.Provider.AccessToken(claims => claims.Remove(claim))), StringComparison.Ordinal);

    public static TheoryData<object> OddSubjects => ["", 7, new[] { "ada" }, new string('a', 256), "ada\u0000root", "ada\nroot"];

    [Theory]
    [MemberData(nameof(OddSubjects))]
    public async Task Verify_SubjectThatIsNone_IsRefused(object subject) => Assert.Contains("names no subject", await RefusedAsync("sub", subject), StringComparison.Ordinal);

    public static TheoryData<object> OtherAudiences =>
        ["api://other", "API://NIGHTWATCH", "api://nightwatch/", "api://nightwatch ", "", new[] { "a", "b" }, Array.Empty<string>(), 7, new object[] { "api://nightwatch", 7 }, OpenIdProvider.ClientId];

    [Theory]
    [MemberData(nameof(OtherAudiences))]
    public async Task Verify_AnotherAudience_IsRefused(object audience) => Assert.Contains("audience", await RefusedAsync("aud", audience), StringComparison.Ordinal);

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("aud")]
    public async Task Verify_ClaimThatIsNull_IsRefused(string claim) => Assert.Contains(" no ", await RefusedAsync(claim, null), StringComparison.Ordinal);

    [Theory]
    [InlineData("/")]
    [InlineData(" ")]
    [InlineData("/.")]
    [InlineData("?")]
    public async Task Verify_IssuerThatIsAlmostOurs_IsRefused(string suffix) =>
        Assert.Contains("No configured issuer", await RefusedAsync("iss", Issuer + suffix), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_IssuerInOtherLetters_IsRefused()
    {
        await RefusedAsync("iss", Issuer.ToUpperInvariant());
        await RefusedAsync("iss", Issuer.Replace("127.0.0.1", "127.1", StringComparison.Ordinal));
        await RefusedAsync("iss", Issuer.Replace("127.0.0.1", "\uFF11" + "27.0.0.1", StringComparison.Ordinal));
        await RefusedAsync("iss", new[] { Issuer });
    }

    [Fact]
    public async Task Verify_IssuerWithLineEnds_LeavesOneLineInTheLog()
    {
        var reason = await RefusedAsync("iss", "https://x\r\n2026-11-21 root signed in\u001b[2J");

        Assert.DoesNotContain(reason, char.IsControl);
    }

    [Theory]
    [InlineData("at_hash", "x")]
    [InlineData("c_hash", "x")]
    [InlineData("events", "x")]
    [InlineData("typ", "ID")]
    [InlineData("typ", "refresh")]
    public async Task Verify_TokenOfAnotherKind_IsRefused(string claim, string value) => Assert.Contains("ID, refresh or logout", await RefusedAsync(claim, value), StringComparison.Ordinal);

    [Fact]
    public async Task Verify_KeycloaksAccessToken_GivesTheRolesBehindThePath()
    {
        var settings = Trust.Settings(fixture.Provider);
        settings["SIGNIN:test:ROLES_CLAIM"] = "realm_access.roles";
        settings["SIGNIN:test:NAME_CLAIM"] = "preferred_username";
        var identity = await Trust.Verifier(settings).AcceptedAsync(fixture.Provider.AccessToken(claims =>
        {
            claims["typ"] = "Bearer";
            claims["preferred_username"] = "ada@realm";
            claims["realm_access"] = new { roles = new[] { "operator", "viewer" } };
        }));

        Assert.Equal(["operator", "viewer"], identity.Roles);
        Assert.Equal("ada@realm", identity.Name);
    }

    [Fact]
    public async Task Verify_EntrasTemplate_LetsInTheListedTenantsOnly()
    {
        const string Ours = "72f988bf-86f1-41af-91ab-2d7cd011db47";
        const string Other = "11111111-86f1-41af-91ab-2d7cd011db47";
        await using var entra = await OpenIdProvider.StartAsync(TestContext.Current.CancellationToken);
        // One document for all tenants; it names the template as its issuer.
        entra.Faults.DiscoveryIssuer = entra.Issuer + "/{tenantid}/v2.0";
        entra.PathBase = "/organizations/v2.0";
        var settings = Trust.Settings(entra);
        settings["SIGNIN:test:ISSUER"] = entra.Faults.DiscoveryIssuer;
        settings["SIGNIN:test:TENANT_IDS"] = Ours.ToUpperInvariant();
        var verifier = Trust.Verifier(settings);

        var identity = await verifier.AcceptedAsync(Token(Ours, Ours));
        Assert.Equal(Ours, identity.TenantId);
        await verifier.RefusedAsync(Token(Other, Other));
        await verifier.RefusedAsync(Token(Other, Ours));
        await verifier.RefusedAsync(Token(Ours, Other));
        await verifier.RefusedAsync(Token(Ours, null));
        await verifier.RefusedAsync(Token("{tenantid}", "{tenantid}"));
        await verifier.RefusedAsync(Token(Ours, Ours.ToUpperInvariant()));

        string Token(string issuerTenant, string? tenant) => entra.AccessToken(claims => (claims["iss"], claims["tid"]) = ($"{entra.Issuer}/{issuerTenant}/v2.0", tenant));
    }

    [Fact]
    public async Task Verify_TooManyGroupsForEntra_SaysThatTheyAreIncomplete()
    {
        var identity = await fixture.Verifier.AcceptedAsync(fixture.Provider.AccessToken(claims =>
        {
            claims.Remove("groups");
            claims["_claim_names"] = new { groups = "src1" };
            claims["_claim_sources"] = new { src1 = new { endpoint = "https://graph.windows.net/x/users/y/getMemberObjects" } };
        }));

        Assert.Empty(identity.Groups);
        Assert.True(identity.GroupsIncomplete);
    }

    private async Task<string> RefusedAsync(string claim, object? value) =>
        await fixture.Verifier.RefusedAsync(fixture.Provider.AccessToken(claims => claims[claim] = value));
}
