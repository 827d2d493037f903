using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Access;

/// <summary>Walks every HTTP function of the running product, whichever there are: permissions hold, and nothing of one tenant is ever seen by another.</summary>
public sealed class AccessWalkTests(TwoTenants tenants)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IReadOnlyList<Door> Guarded { get; } = [.. typeof(RequiresAttribute).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Select(Door.Of).OfType<Door>().SelectMany(doors => doors.Split())];

    [Fact]
    public async Task EveryFunction_WithoutAToken_AnswersThatOneIsNeeded()
    {
        using var nobody = new HttpClient { BaseAddress = tenants.Url };
        Assert.NotEmpty(Guarded);
        foreach (var door in Guarded)
        {
            using var answer = await SendAsync(nobody, door);

            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{door} answered {answer.StatusCode}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task EveryFunction_WithEveryPermissionButItsOwn_IsForbidden()
    {
        foreach (var group in Guarded.GroupBy(d => d.Permission))
        {
            using var client = await tenants.ClientAsync("one", Permissions.All.Where(p => p != group.Key && p != Permission.Admin));
            foreach (var door in group)
            {
                using var answer = await SendAsync(client, door);

                Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{door} answered {answer.StatusCode}");
                Assert.Contains(Permissions.NameOf(group.Key), await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task EveryFunction_WithItsPermissionAlone_LetsIn()
    {
        foreach (var group in Guarded.GroupBy(d => d.Permission))
        {
            using var client = await tenants.ClientAsync("two", group.Key);
            foreach (var door in group)
            {
                using var answer = await SendAsync(client, door);

                Assert.False(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{door} answered {answer.StatusCode}");
                Assert.True((int)answer.StatusCode < 500, $"{door} answered {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task EveryFunction_AskedByAnotherTenantForWhatIsThere_ShowsNothingOfIt()
    {
        using var stranger = await tenants.ClientAsync("two", Permission.Admin);
        using var owner = await tenants.ClientAsync("one", Permission.Admin);
        var seen = 0;
        foreach (var door in Guarded.Where(d => d.Method == "GET"))
        {
            using var theirs = await SendAsync(stranger, door);
            var text = await theirs.Content.ReadAsStringAsync(Stop);
            using var own = await SendAsync(owner, door);

            Assert.True(!door.HasId || theirs.StatusCode == HttpStatusCode.NotFound, $"{door} answered {theirs.StatusCode}");
            Assert.DoesNotContain(TwoTenants.Marker, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(tenants.Ids.Values, id => text.Replace(door.Path(tenants.Ids), "", StringComparison.Ordinal).Contains($"\"{id}\"", StringComparison.Ordinal));
            seen += (await own.Content.ReadAsStringAsync(Stop)).Contains(TwoTenants.Marker, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        // The owner sees it in many of them: the marker is where it is looked for.
        Assert.True(seen >= 6, $"the marker was seen {seen} times");
    }

    [Fact]
    public async Task Token_OfAnotherTenant_CannotBeRevoked()
    {
        using var stranger = await tenants.ClientAsync("two", Permission.Admin);

        using var answer = await stranger.DeleteAsync($"api/access/tokens/{tenants.Ids["tokens"]}", Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task SameAlert_SentToTwoTenants_IsInvestigatedForEach()
    {
        var at = TwoTenants.Now.AddMinutes(-1);
        var clients = new List<HttpClient>();
        foreach (var tenant in new[] { "one", "two" })
        {
            var client = await tenants.ClientAsync(tenant, Permission.IngestAlerts, Permission.ReadIncidents, Permission.ReadMetrics, Permission.ReadLogs, Permission.ReadAlerts, Permission.ReadDashboards);
            (await client.PostAsync("api/alerts/alertmanager", Webhooks.Alertmanager("twin", [Webhooks.Firing("Twin", "twin", at)]), Stop)).EnsureSuccessStatusCode();
            clients.Add(client);
        }

        var ids = new List<string>();
        foreach (var client in clients)
        {
            ids.Add((await Eventually.GetAsync(() => ConcludedAsync(client, "Twin"), id => id is not null))!);
            client.Dispose();
        }

        Assert.Equal(ids[0], ids[1]);
    }

    [Fact]
    public async Task ServiceToken_RevokedOrLimited_IsRefusedAtOnce()
    {
        var made = await tenants.TokenAsync("two", [Permission.ReadIncidents]);
        using var client = new HttpClient { BaseAddress = tenants.Url };
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {made.GetProperty("token").GetString()}");
        using var admin = await tenants.ClientAsync("two", Permission.ManageAccess);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/incidents", Stop)).StatusCode);
        (await admin.DeleteAsync($"api/access/tokens/{made.GetProperty("details").GetProperty("id").GetString()}", Stop)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("api/incidents", Stop)).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"x","permissions":["admin"]}""", HttpStatusCode.Forbidden, "permissions")]
    [InlineData("""{"name":"x","permissions":["manage:access"],"expiresInDays":4000}""", HttpStatusCode.BadRequest, "expiresInDays")]
    [InlineData("""{"name":"x","permissions":null}""", HttpStatusCode.BadRequest, "permissions")]
    [InlineData("""{"name":"x","permissions":["manage:access"],"scope":{"applications":null}}""", HttpStatusCode.BadRequest, "scope")]
    [InlineData("""{"name":"x","permission":["manage:access"]}""", HttpStatusCode.BadRequest, "permission")]
    [InlineData("null", HttpStatusCode.BadRequest, null)]
    [InlineData("[", HttpStatusCode.BadRequest, null)]
    public async Task CreateToken_WrongWish_IsRefusedByName(string body, HttpStatusCode status, string? field)
    {
        using var admin = await tenants.ClientAsync("two", Permission.ManageAccess);

        using var answer = await admin.PostAsync("api/access/tokens", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(status, answer.StatusCode);
        Assert.StartsWith(field ?? "", problem.TryGetProperty("field", out var named) ? named.GetString() : "", StringComparison.Ordinal);
    }

    private static async Task<string?> ConcludedAsync(HttpClient client, string name)
    {
        var incidents = (await client.GetFromJsonAsync<JsonElement>("api/incidents", Stop)).GetProperty("incidents").EnumerateArray();
        return incidents.Where(i => i.GetProperty("title").GetString()!.Contains(name, StringComparison.Ordinal) && i.GetProperty("investigationState").GetString() == "concluded")
            .Select(i => i.GetProperty("id").GetString()).FirstOrDefault();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, Door door)
    {
        using var request = new HttpRequestMessage(new HttpMethod(door.Method), door.Path(tenants.Ids));
        if (door.Method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    /// <summary>A guarded route with one of its methods.</summary>
    private sealed record Door(string Name, string Method, string Route, Permission Permission, IReadOnlyList<string> Methods)
    {
        public bool HasId => Route.Contains('{', StringComparison.Ordinal);

        public static Door? Of(MethodInfo method)
        {
            var trigger = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(a => a is not null);
            return trigger is not null && method.GetCustomAttribute<RequiresAttribute>() is { } requires
                ? new Door(method.GetCustomAttribute<FunctionAttribute>()!.Name, "", trigger.Route!, requires.Permission, [.. trigger.Methods!])
                : null;
        }

        public IEnumerable<Door> Split() => Methods.Select(m => this with { Method = m.ToUpperInvariant() });

        /// <summary>The route with the id of what tenant one has there: api/incidents/{id} is filled with its incident.</summary>
        public string Path(IReadOnlyDictionary<string, string> ids)
        {
            var parts = Route.Split('/');
            return string.Join('/', parts.Select((p, i) => p.StartsWith('{') ? ids.GetValueOrDefault(parts[i - 1], "none") : p));
        }

        public override string ToString() => $"{Name} ({Method} {Route})";
    }
}
