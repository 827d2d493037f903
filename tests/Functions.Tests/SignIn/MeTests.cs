using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Tests.Access;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>What each kind of caller hears about itself.</summary>
public sealed class MeTests(SignInFixture fixture, TwoTenants tenants) : IClassFixture<SignInFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Me_OfAServiceToken_IsTheTokenWithItsTenantAndItsPermissions()
    {
        using var client = await tenants.ClientAsync("two", Permission.ReadIncidents, Permission.ReadMetrics);
        var me = await client.GetFromJsonAsync<JsonElement>("api/me", Stop);

        Assert.Equal(("two", "machine"), (Text(me, "tenant"), Text(me, "kind")));
        Assert.StartsWith("machine:", Text(me, "subject"), StringComparison.Ordinal);
        Assert.Equal("of two", Text(me, "name").Trim());
        Assert.Equal(["read:incidents", "read:metrics"], PermissionsOf(me).Order());
        Assert.False(me.TryGetProperty("identity", out _));
        Assert.False(me.TryGetProperty("source", out _));
    }

    [Fact]
    public async Task Me_OfAServiceToken_HoldsNoPartOfTheSecret()
    {
        var token = (await tenants.TokenAsync("one", [Permission.ReadIncidents])).GetProperty("token").GetString()!;
        using var answer = await GetAsync(tenants.Url, token);
        var body = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(token[^16..], body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Me_OfAnUnknownServiceToken_Is401AsAProblem()
    {
        var token = (await tenants.TokenAsync("one", [Permission.ReadIncidents])).GetProperty("token").GetString()!;
        using var answer = await GetAsync(tenants.Url, token[..^4] + "AAAA");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null, "one")]
    [InlineData("two", "two")]
    public async Task Me_InTheDevelopmentMode_IsTheDeveloperInTheTenantAskedFor(string? asked, string tenant)
    {
        using var answer = await GetAsync(tenants.Workshop, null, asked);
        var me = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((tenant, "development", "development"), (Text(me, "tenant"), Text(me, "kind"), Text(me, "subject")));
        Assert.Equal(["admin"], PermissionsOf(me));
        Assert.False(me.TryGetProperty("identity", out _));
    }

    [Fact]
    public async Task Me_OfAPersonWithARole_IsTheIdentityWithThePermissionsAndTheirScope()
    {
        using var answer = await GetAsync(fixture.First.Url, fixture.Provider.AccessToken());
        var me = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("default", "person", "bearer_token"), (Text(me, "tenant"), Text(me, "kind"), Text(me, "source")));
        Assert.Equal(Text(me.GetProperty("identity"), "name"), Text(me, "name"));
        Assert.Contains("read:incidents", PermissionsOf(me));
        Assert.DoesNotContain("admin", PermissionsOf(me));
        Assert.Empty(me.GetProperty("permissions")[0].GetProperty("scope").GetProperty("applications").EnumerateArray());
    }

    [Fact]
    public async Task Me_OfAPersonWithoutARole_Is403AndSaysWhy()
    {
        using var answer = await GetAsync(fixture.First.Url, fixture.Provider.AccessToken(claims => claims["groups"] = new[] { "guests" }));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("You have no role here", Text(problem, "title"));
        Assert.Contains("gives you no role", Text(problem, "detail"), StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string[] PermissionsOf(JsonElement me) => [.. me.GetProperty("permissions").EnumerateArray().Select(p => Text(p, "permission"))];

    private static async Task<HttpResponseMessage> GetAsync(Uri host, string? token, string? tenant = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host, "api/me"));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (tenant is not null)
        {
            request.Headers.Add(CallerIdentification.TenantHeader, tenant);
        }

        return await http.SendAsync(request, Stop);
    }
}
