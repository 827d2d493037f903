using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Access;

/// <summary>Groups and roles that an issuer vouches for become rights by the access policy, and by nothing else.</summary>
public sealed class RolesTests : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private OpenIdProvider? provider;
    private NightwatchApp? app;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        provider = await OpenIdProvider.StartAsync(Stop);
        var policy = Path.Combine(state.Path, "access.yaml");
        await File.WriteAllTextAsync(
            policy,
            $"""
             tenants: [{"{id: default}, {id: other}"}]
             assignments:
               - {"{"}role: viewer, issuer: "{provider.Issuer}", tenant: default, groups: [readers]{"}"}
               - {"{"}role: viewer, issuer: "{provider.Issuer}", tenant: default, groups: [orders-team], applications: [orders]{"}"}
               - {"{"}role: operator, issuer: "{provider.Issuer}", tenant: other, claimedRoles: [Nightwatch.Operator]{"}"}
               - {"{"}role: admin, issuer: "https://another.example", tenant: default, groups: [staff]{"}"}
             """,
            Stop);
        var port = Ports.Free();
        var settings = provider.Settings(new Uri($"http://127.0.0.1:{port}"));
        settings["NIGHTWATCH_ACCESS_POLICY"] = policy;
        app = await NightwatchApp.StartAsync(port, state.Path, azurite.ConnectionString, settings, Stop);
        foreach (var service in new[] { "orders", "payment" })
        {
            (await app.Http.PostAsync(
                "api/alerts/alertmanager", Webhooks.Alertmanager(service, [Webhooks.Firing("Down", service, TimeProvider.System.GetUtcNow())]), Stop)).EnsureSuccessStatusCode();
        }

        await Eventually.TrueAsync(async () => await ServicesAsync(app.Http) is { Length: 2 }, "both incidents are there");
    }

    [Fact]
    public async Task Incidents_ForEachGroup_AreThoseOfItsScope()
    {
        Assert.Equal(["orders", "payment"], await ServicesAsync(As("u1", ["readers"])));
        Assert.Equal(["orders"], await ServicesAsync(As("u2", ["orders-team"])));
        Assert.Equal(["orders", "payment"], await ServicesAsync(As("u3", ["orders-team", "readers"])));
        Assert.Empty(await ServicesAsync(As("u4", [], "Nightwatch.Operator")));
    }

    [Theory]
    [InlineData("staff")]
    [InlineData("Readers")]
    [InlineData("")]
    public async Task Incidents_GroupOfNoAssignmentOrOfAnotherIssuer_IsForbidden(string group)
    {
        using var answer = await As("u5", [group]).GetAsync("api/incidents", Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Incidents_TenantWhereOneHasNoRole_IsForbidden()
    {
        using var client = As("u1", ["readers"]);
        client.DefaultRequestHeaders.Add(CallerIdentification.TenantHeader, "other");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("api/incidents", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await As("u1", ["readers"]).GetAsync("api/incidents?tenant=other", Stop)).StatusCode);
    }

    [Fact]
    public async Task Tokens_MadeByAViewer_AreForbidden()
    {
        using var answer = await As("u1", ["readers"]).PostAsJsonAsync("api/access/tokens", new { name = "x", permissions = new[] { "read:metrics" } }, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Incidents_ForgedToken_IsRefused()
    {
        using var client = As("u1", ["readers"]);
        var token = client.DefaultRequestHeaders.Authorization!.Parameter!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token[..^8] + (token[^8] == 'A' ? "B" : "A") + token[^7..]);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("api/incidents", Stop)).StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { app, provider, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        state.Dispose();
    }

    private HttpClient As(string subject, string[] groups, string? role = null)
    {
        var client = new HttpClient { BaseAddress = app!.Url };
        var token = provider!.AccessToken(claims =>
        {
            claims["sub"] = subject;
            claims["groups"] = groups;
            claims["roles"] = role is null ? [] : new[] { role };
        });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static async Task<string[]> ServicesAsync(HttpClient client)
    {
        var page = await client.GetFromJsonAsync<JsonElement>("api/incidents", Stop);
        return [.. page.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("commonLabels").GetProperty("service").GetString()!).Order()];
    }
}
