using System.Text;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.SignIn;

namespace Nightwatch.Functions.Tests.SignIn;

public sealed class PlatformPrincipalTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Parse_PrincipalOfEntra_GivesTheIdentity()
    {
        var identity = Parse("""
            {"auth_typ":"aad","name_typ":"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name","role_typ":"roles","claims":[
             {"typ":"iss","val":"https://login.microsoftonline.com/t/v2.0"},
             {"typ":"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier","val":"subject-1"},
             {"typ":"http://schemas.microsoft.com/identity/claims/objectidentifier","val":"object-1"},
             {"typ":"http://schemas.microsoft.com/identity/claims/tenantid","val":"t"},
             {"typ":"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name","val":"Ada\u202E Lovelace"},
             {"typ":"groups","val":"g1"},{"typ":"groups","val":"g2"},{"typ":"groups","val":"g1"},
             {"typ":"roles","val":"operator"},{"typ":"http://schemas.microsoft.com/ws/2008/06/identity/claims/role","val":"auditor"}]}
            """)!;

        Assert.Equal(("https://login.microsoftonline.com/t/v2.0", "subject-1", "t", "Ada Lovelace"), (identity.Issuer, identity.Subject, identity.TenantId, identity.Name));
        Assert.Equal(["g1", "g2"], identity.Groups);
        Assert.Equal(["operator", "auditor"], identity.Roles);
        Assert.False(identity.GroupsIncomplete);
    }

    [Theory]
    [InlineData("_claim_names")]
    [InlineData("hasgroups")]
    [InlineData("groups:src1")]
    public void Parse_SignOfMoreGroups_SaysThatTheyAreIncomplete(string type) =>
        Assert.True(Parse($$"""{"auth_typ":"aad","claims":[{"typ":"sub","val":"s"},{"typ":"{{type}}","val":"true"}]}""")!.GroupsIncomplete);

    [Theory]
    [InlineData("""{"auth_typ":"aad","claims":[]}""")]
    [InlineData("""{"claims":[{"typ":"sub","val":"s"}]}""")]
    [InlineData("""{"auth_typ":"aad"}""")]
    [InlineData("""{"auth_typ":"aad","claims":{"typ":"sub","val":"s"}}""")]
    [InlineData("""{"auth_typ":"aad","claims":[{"typ":"sub","val":1}]}""")]
    [InlineData("""{"auth_typ":"aad","claims":["sub"]}""")]
    [InlineData("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"s","val":"root"}]}""")]
    [InlineData("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"s"}],"claims":[{"typ":"sub","val":"root"}]}""")]
    [InlineData("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"s\u0000"}]}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Parse_WhatIsNoPrincipal_IsNull(string json) => Assert.Null(Parse(json));

    [Fact]
    public void Parse_WhatIsNoBase64_IsNull()
    {
        var good = Convert.ToBase64String("""{"auth_typ":"aad","claims":[{"typ":"sub","val":"s"}]}"""u8);

        Assert.NotNull(PlatformPrincipal.Parse(good, Now));
        Assert.All([null, "", "!!!", " " + good, good[..20] + "\n" + good[20..], good + "=", good.TrimEnd('=') + "-", new string('A', 28 * 1024 + 4)], bad => Assert.Null(PlatformPrincipal.Parse(bad, Now)));
    }

    private static VerifiedIdentity? Parse(string json) => PlatformPrincipal.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)), Now);
}
