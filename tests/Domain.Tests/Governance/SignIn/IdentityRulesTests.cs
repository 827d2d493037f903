using System.Text;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Domain.Tests.Governance.SignIn;

public sealed class IdentityRulesTests
{
    private static readonly IdentityProvider Provider = new() { Name = "corp", Issuer = "https://login.example" };

    [Theory]
    [InlineData("/", true)]
    [InlineData("/incidents/inc-1?tab=evidence#top", true)]
    [InlineData("/a//b", true)]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("/a\\b", false)]
    [InlineData("\\/evil.example", false)]
    [InlineData(" /a", false)]
    [InlineData("/a b", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("/a\nb", false)]
    [InlineData("/\u00e9", false)]
    [InlineData("/<script>", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    public void IsLocal_Path_IsOursAlone(string path, bool local) => Assert.Equal(local, ReturnPath.IsLocal(path));

    [Fact]
    public void IsLocal_VeryLongPath_IsNot() => Assert.False(ReturnPath.IsLocal("/" + new string('a', 1024)));

    [Theory]
    [InlineData("""{"groups":["a","b","a"]}""", "a,b", false)]
    [InlineData("""{"groups":"a"}""", "a", false)]
    [InlineData("""{"groups":null}""", "", false)]
    [InlineData("""{}""", "", false)]
    [InlineData("""{"groups":["a",7]}""", "a", true)]
    [InlineData("""{"groups":["a",""]}""", "a", true)]
    [InlineData("""{"groups":["a","b\u0000"]}""", "a", true)]
    [InlineData("""{"groups":{"a":true}}""", "", true)]
    [InlineData("""{"hasgroups":true}""", "", true)]
    [InlineData("""{"hasgroups":false}""", "", false)]
    [InlineData("""{"_claim_names":{"groups":"src1"}}""", "", true)]
    [InlineData("""{"_claim_names":{"roles":"src1"},"groups":["a"]}""", "a", true)]
    [InlineData("""{"_claim_names":{"address":"src1"},"groups":["a"]}""", "a", false)]
    public void Map_Groups_NeverLosesOneSilently(string members, string groups, bool incomplete)
    {
        var identity = Map(members, Provider);

        Assert.Equal((groups, incomplete), (string.Join(',', identity.Groups), identity.GroupsIncomplete));
    }

    [Theory]
    [InlineData("""{"realm_access":{"roles":["a"]}}""", "realm_access.roles", "a")]
    [InlineData("""{"https://shop.example/roles":["a"]}""", "https://shop.example/roles", "a")]
    [InlineData("""{"realm_access.roles":["exact"],"realm_access":{"roles":["path"]}}""", "realm_access.roles", "exact")]
    [InlineData("""{"realm_access":["roles"]}""", "realm_access.roles", "")]
    public void Map_Roles_AreFoundByNameOrByPath(string members, string path, string roles) =>
        Assert.Equal(roles, string.Join(',', Map(members, Provider with { RolesClaim = path }).Roles));

    [Theory]
    [InlineData("""{"email":"a@b","email_verified":true}""", "a@b")]
    [InlineData("""{"email":"a@b"}""", "a@b")]
    [InlineData("""{"email":"a@b","email_verified":false}""", null)]
    [InlineData("""{"email":"a@b","email_verified":"false"}""", null)]
    [InlineData("""{"email":["a@b"]}""", null)]
    public void Map_Email_IsLeftOutWhenItIsNotVerified(string members, string? email) => Assert.Equal(email, Map(members, Provider).Email);

    [Theory]
    [InlineData("""{"name":"Ada"}""", "Ada")]
    [InlineData("""{"preferred_username":"ada"}""", "ada")]
    [InlineData("""{"name":"  ","email":"a@b"}""", "a@b")]
    [InlineData("""{"name":7}""", "subject")]
    [InlineData("""{"name":"\u202Etoor\u0007\r\n"}""", "toor")]
    public void Map_Name_IsOneReadableLine(string members, string name) => Assert.Equal(name, Map(members, Provider).Name);

    [Fact]
    public void Readable_LongText_IsCutBetweenCharacters()
    {
        var text = IdentityFromClaims.Readable(string.Concat(Enumerable.Repeat("\U0001F600", 150)));

        Assert.Equal(200, text.Length);
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory]
    [InlineData("https://login.example", null, true)]
    [InlineData("https://login.example/", null, false)]
    [InlineData("https://LOGIN.example", null, false)]
    public void Issues_PlainIssuer_IsComparedCharacterByCharacter(string issuer, string? tenant, bool ours) => Assert.Equal(ours, Provider.Issues(issuer, tenant));

    [Fact]
    public void Issues_WithTenants_AsksForAListedOne()
    {
        var listed = Provider with { TenantIds = ["t1"] };

        Assert.True(listed.Issues("https://login.example", "t1"));
        Assert.False(listed.Issues("https://login.example", null));
        Assert.False(listed.Issues("https://login.example", "t2"));
        Assert.False((Provider with { Issuer = "https://login.example/{tenantid}" }).Issues("https://login.example/t1", "t1"));
    }

    private static VerifiedIdentity Map(string members, IdentityProvider provider)
    {
        var rest = members[1..^1];
        var json = $$"""{"iss":"https://login.example","sub":"subject","aud":"a","exp":2000000000{{(rest.Length > 0 ? "," + rest : "")}}}""";
        var (claims, flaw) = TokenClaims.Read(StrictJson.ParseObject(Encoding.UTF8.GetBytes(json))!.Value);
        Assert.Null(flaw);
        return IdentityFromClaims.Map(provider, claims!, DateTimeOffset.UnixEpoch);
    }
}
