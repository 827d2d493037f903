using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.OpenIdConnect;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

public sealed class SignInSettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["ISSUER"] = "https://login.example/realms/shop",
        ["CLIENT_ID"] = "page",
        ["CLIENT_SECRET"] = "hush-hush",
        ["AUDIENCES"] = "api://one, api://two",
    };

    [Fact]
    public void Read_Everything_IsAsSet()
    {
        var provider = Assert.Single(Read(
            ("ALGORITHMS", "ES384,RS256"), ("GROUPS_CLAIM", "memberships"), ("ROLES_CLAIM", "realm_access.roles"), ("NAME_CLAIM", "nick"), ("SCOPES", "openid groups"),
            ("CLOCK_SKEW_SECONDS", "300"), ("TENANT_IDS", "72F988BF-86F1-41AF-91AB-2D7CD011DB47")));

        Assert.Equal(("corp", "https://login.example/realms/shop", "page", "hush-hush"), (provider.Name, provider.Issuer, provider.ClientId, provider.ClientSecret));
        Assert.Equal(["api://one", "api://two"], provider.Audiences);
        Assert.Equal(["ES384", "RS256"], provider.Algorithms);
        Assert.Equal(["72f988bf-86f1-41af-91ab-2d7cd011db47"], provider.TenantIds);
        Assert.Equal(("memberships", "realm_access.roles", "nick"), (provider.GroupsClaim, provider.RolesClaim, provider.NameClaim));
        Assert.Equal(["openid", "groups"], provider.Scopes);
        Assert.Equal(TimeSpan.FromMinutes(5), provider.ClockSkew);
        Assert.DoesNotContain("hush-hush", $"{provider}", StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_GivesNoProvider() => Assert.Empty(SignInSettings.Read(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("ISSUER", "", "SIGNIN:corp:ISSUER is missing")]
    [InlineData("ISSUER", "login.example", "SIGNIN:corp:ISSUER must be an https address")]
    [InlineData("ISSUER", "http://login.example", "SIGNIN:corp:ISSUER must be an https address")]
    [InlineData("ISSUER", "https://user:pass@login.example", "SIGNIN:corp:ISSUER must be an https address")]
    [InlineData("ISSUER", "https://login.example/{tenant}/v2.0", "SIGNIN:corp:ISSUER must be an https address")]
    [InlineData("ISSUER", "https://login.example?x=1", "SIGNIN:corp:ISSUER must have no query")]
    [InlineData("ISSUER", "https://login.microsoftonline.com/{tenantid}/v2.0", "SIGNIN:corp:TENANT_IDS must list")]
    [InlineData("TENANT_IDS", "contoso.com", "SIGNIN:corp:TENANT_IDS must be tenant ids")]
    [InlineData("ALGORITHMS", "RS256,none", "SIGNIN:corp:ALGORITHMS holds none")]
    [InlineData("ALGORITHMS", "HS256", "SIGNIN:corp:ALGORITHMS holds HS256")]
    [InlineData("ALGORITHMS", "EdDSA", "SIGNIN:corp:ALGORITHMS holds EdDSA")]
    [InlineData("SCOPES", "profile", "SIGNIN:corp:SCOPES must hold openid")]
    [InlineData("CLOCK_SKEW_SECONDS", "301", "SIGNIN:corp:CLOCK_SKEW_SECONDS must be")]
    [InlineData("CLOCK_SKEW_SECONDS", "-1", "SIGNIN:corp:CLOCK_SKEW_SECONDS must be")]
    [InlineData("CLIENT_ID", "", "SIGNIN:corp:CLIENT_ID is missing")]
    [InlineData("CLIENT_SECRET", "hush\u0007hush", "SIGNIN:corp:CLIENT_SECRET must be printable")]
    [InlineData("AUDIENCE", "api://one", "SIGNIN:corp:AUDIENCE is no setting")]
    public void Read_WrongSetting_IsNamedInOneLine(string key, string value, string line)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read((key, value)));

        Assert.StartsWith(line, Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralWrongSettings_AreAllNamed() =>
        Assert.Equal(3, Assert.Throws<OptionsValidationException>(() => Read(("ISSUER", "x"), ("SCOPES", "x"), ("ALGORITHMS", "x"))).Failures.Count());

    [Fact]
    public void Read_TwoProvidersOfOneIssuer_AreRefused()
    {
        var settings = Good.SelectMany(s => new[] { KeyValuePair.Create("SIGNIN:a:" + s.Key, s.Value), KeyValuePair.Create("SIGNIN:b:" + s.Key, s.Value) });
        var failure = Assert.Throws<OptionsValidationException>(() => SignInSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

        Assert.StartsWith("SIGNIN:b:ISSUER", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    private static IReadOnlyList<Domain.Governance.SignIn.IdentityProvider> Read(params (string Key, string Value)[] changes)
    {
        var settings = new Dictionary<string, string?>(Good);
        foreach (var (key, value) in changes)
        {
            settings[key] = value;
        }

        return SignInSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("SIGNIN:corp:" + s.Key, s.Value))).Build());
    }
}
