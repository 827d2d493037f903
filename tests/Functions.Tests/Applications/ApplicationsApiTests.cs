using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Applications;

public sealed class ApplicationsApiTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Profile_CreatedReplacedAndDeleted_KeepsToItsVersions()
    {
        using var client = shop.Owner();

        using var created = await client.PostAsJsonAsync("api/applications", new { id = "versions", name = "First", components = new[] { new { name = "a", kind = "cache" } } }, Stop);
        using var again = await client.PostAsJsonAsync("api/applications", new { id = "versions", name = "Again" }, Stop);
        var first = created.Headers.ETag!.Tag;
        using var read = await client.GetAsync("api/applications/versions", Stop);
        using var replaced = await SendAsync(client, HttpMethod.Put, "api/applications/versions", await read.Content.ReadAsStringAsync(Stop), ifMatch: first);
        using var stale = await SendAsync(client, HttpMethod.Put, "api/applications/versions", """{"name":"Third"}""", ifMatch: first);
        using var staleRemoval = await SendAsync(client, HttpMethod.Delete, "api/applications/versions", null, ifMatch: first);
        using var removed = await SendAsync(client, HttpMethod.Delete, "api/applications/versions", null, ifMatch: replaced.Headers.ETag!.Tag);

        Assert.Equal((HttpStatusCode.Created, "/api/applications/versions"), (created.StatusCode, created.Headers.Location?.ToString()));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal(first, read.Headers.ETag!.Tag);
        Assert.Equal((HttpStatusCode.OK, 2), (replaced.StatusCode, (await JsonAsync(replaced)).GetProperty("version").GetInt32()));
        Assert.Equal([HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.NoContent], new[] { stale, staleRemoval, removed }.Select(a => a.StatusCode));
        using var gone = await client.GetAsync("api/applications/versions", Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        var audited = await client.GetStringAsync("api/audit?pageSize=200", Stop);
        Assert.All(["created", "replaced", "deleted"], change => Assert.Contains($"\"change\":\"{change}\"", audited, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Yaml_ExportedAndImported_IsTheSameProfile()
    {
        using var client = shop.Owner();
        const string Yaml = """
            id: yaml-one
            name: One
            architecture: |-
              Two lines,
              and no more.
            environments: [{name: production, labels: {namespace: shop}}]
            components:
              - {name: orders, kind: service, dependsOn: [db], metrics: {labels: {service: orders}}}
              - {name: db, kind: database}
            slos:
              - {name: fast, kind: latency_p95, objective: 99.5, thresholdSeconds: 0.25, windowDays: 7, component: orders}
            """;

        using var created = await SendAsync(client, HttpMethod.Post, "api/applications", Yaml, "application/yaml");
        using var exported = await GetYamlAsync(client, "yaml-one");
        var text = await exported.Content.ReadAsStringAsync(Stop);
        using var imported = await SendAsync(client, HttpMethod.Post, "api/applications", text.Replace("yaml-one", "yaml-two", StringComparison.Ordinal), "application/yaml");
        using var replaced = await SendAsync(client, HttpMethod.Put, "api/applications/yaml-two", text.Replace("id: yaml-one\n", "", StringComparison.Ordinal), "text/yaml", exported.Headers.ETag!.Tag);
        using var second = await GetYamlAsync(client, "yaml-two");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("application/yaml", exported.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Created, imported.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, replaced.StatusCode);
        Assert.Equal(text.Replace("yaml-one", "yaml-two", StringComparison.Ordinal), await second.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task YamlList_WithProblems_StoresNothingAndTellsEachWithItsLine()
    {
        using var client = shop.Owner();
        const string Yaml = "applications:\n  - id: listed-a\n    name: A\n  - id: listed-b\n    name: B\n    components: [{name: x, dependsOn: [y]}]\n    slos:\n      - {name: s, kind: error_rate, objective: 200}\n";

        using var refused = await SendAsync(client, HttpMethod.Post, "api/applications", Yaml, "application/yaml");
        using var absent = await client.GetAsync("api/applications/listed-a", Stop);
        using var created = await SendAsync(client, HttpMethod.Post, "api/applications", Yaml.Replace("[y]", "[]", StringComparison.Ordinal).Replace("200", "2", StringComparison.Ordinal), "application/yaml");
        using var shape = await SendAsync(client, HttpMethod.Post, "api/applications", "id: a\nnmae: b", "application/yaml");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(
            [(6, "applications[1].components[0].dependsOn[0]"), (8, "applications[1].slos[0].objective")],
            (await JsonAsync(refused)).GetProperty("problems").EnumerateArray().Select(p => (p.GetProperty("line").GetInt32(), p.GetProperty("field").GetString()!)));
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Equal((HttpStatusCode.Created, 2), (created.StatusCode, (await JsonAsync(created)).GetProperty("applications").GetArrayLength()));
        Assert.Equal(2, (await JsonAsync(shape)).GetProperty("problems")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Json_WithProblems_NamesEachField()
    {
        using var client = shop.Owner();

        using var refused = await client.PostAsJsonAsync("api/applications", new { id = "Wrong", name = "", owners = new object?[] { null } }, Stop);
        using var notSent = await SendAsync(client, HttpMethod.Post, "api/applications", "x", "text/plain");
        using var weak = await SendAsync(client, HttpMethod.Put, "api/applications/x", "{}", ifMatch: "W/\"a\"");

        Assert.Equal(["id", "name", "owners[0]"], (await JsonAsync(refused)).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, notSent.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
    }

    [Fact]
    public async Task LimitedCallerAndOtherTenant_SeeNothingOfTheRest()
    {
        using var owner = shop.Owner();
        using var other = shop.Owner("two");
        using var limited = await shop.LimitedAsync("mine");
        foreach (var id in new[] { "hidden-a", "hidden-b", "mine" })
        {
            (await owner.PostAsJsonAsync("api/applications", new { id, name = id }, Stop)).EnsureSuccessStatusCode();
        }

        var theirs = (await limited.GetFromJsonAsync<JsonElement>("api/applications?pageSize=1", Stop)).GetProperty("applications");
        using var hidden = await limited.GetAsync("api/applications/hidden-a", Stop);
        using var absent = await limited.GetAsync("api/applications/hidden-z", Stop);
        using var put = await SendAsync(limited, HttpMethod.Put, "api/applications/hidden-a", """{"name":"Taken"}""");
        using var removed = await SendAsync(limited, HttpMethod.Delete, "api/applications/hidden-a", null);
        using var taken = await limited.PostAsJsonAsync("api/applications", new { id = "hidden-a", name = "x" }, Stop);
        using var free = await limited.PostAsJsonAsync("api/applications", new { id = "hidden-z", name = "x" }, Stop);
        using var own = await SendAsync(limited, HttpMethod.Put, "api/applications/mine", """{"name":"Renamed"}""");
        using var elsewhere = await other.GetAsync("api/applications/mine", Stop);

        Assert.Equal("mine", Assert.Single(theirs.EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound], new[] { hidden, absent, put, removed }.Select(a => a.StatusCode));
        Assert.Equal((await hidden.Content.ReadAsStringAsync(Stop)).Replace("hidden-a", "hidden-z", StringComparison.Ordinal), await absent.Content.ReadAsStringAsync(Stop));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (taken.StatusCode, free.StatusCode));
        Assert.Equal(await taken.Content.ReadAsStringAsync(Stop), await free.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Empty((await other.GetFromJsonAsync<JsonElement>("api/applications", Stop)).GetProperty("applications").EnumerateArray());
        Assert.Equal(HttpStatusCode.Created, (await other.PostAsJsonAsync("api/applications", new { id = "mine", name = "x" }, Stop)).StatusCode);
    }

    [Fact]
    public async Task Proposal_FromARealPrometheus_CanBeStoredAndItsQueriesRun()
    {
        using var client = shop.Owner();
        await Eventually.TrueAsync(async () => (await ProposeAsync(client, "Shop")).GetProperty("profile").GetProperty("slos").GetArrayLength() == 3, "two samples of each metric");

        var proposal = await ProposeAsync(client, "Shop");
        var profile = proposal.GetProperty("profile");
        using var absent = await client.GetAsync("api/applications/shop", Stop);
        using var stored = await SendAsync(client, HttpMethod.Post, "api/applications", profile.GetRawText());
        using var closest = await SendAsync(client, HttpMethod.Post, "api/applications?propose=true", """{"name":"ordrs"}""");
        using var limited = await shop.LimitedAsync("shop");
        using var refused = await SendAsync(limited, HttpMethod.Post, "api/applications?propose=true", """{"name":"shop"}""");
        using var elsewhere = await SendAsync(shop.Owner("two"), HttpMethod.Post, "api/applications?propose=true", """{"name":"shop"}""");

        Assert.Equal(["orders", "payment"], profile.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("name").GetString()));
        Assert.Equal("payment", profile.GetProperty("components")[0].GetProperty("dependsOn")[0].GetString());
        Assert.NotEmpty(proposal.GetProperty("because").EnumerateArray());
        Assert.Equal(0.5, profile.GetProperty("slos")[2].GetProperty("thresholdSeconds").GetDouble());
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Created), (absent.StatusCode, stored.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, closest.StatusCode);
        Assert.Contains("orders", await closest.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (refused.StatusCode, elsewhere.StatusCode));
        foreach (var query in Queries(profile))
        {
            Assert.True(await HasSamplesAsync(query), query);
        }
    }

    private static IEnumerable<string> Queries(JsonElement profile) => profile.GetProperty("defaultMetrics").EnumerateArray().Concat(profile.GetProperty("slos").EnumerateArray())
        .SelectMany(part => part.EnumerateObject()).Where(member => member.Name is "query" or "good" or "total").Select(member => member.Value.GetString()!);

    private async Task<bool> HasSamplesAsync(string query)
    {
        using var direct = new HttpClient();
        var answer = await direct.GetFromJsonAsync<JsonElement>(new Uri(shop.Prometheus, $"api/v1/query?query={Uri.EscapeDataString(query)}"), Stop);
        return answer.GetProperty("data").GetProperty("result").GetArrayLength() > 0;
    }

    private static async Task<JsonElement> ProposeAsync(HttpClient client, string name)
    {
        using var answer = await client.PostAsJsonAsync("api/applications?propose=true", new { name }, Stop);
        return answer.IsSuccessStatusCode ? await JsonAsync(answer) : JsonDocument.Parse("""{"profile":{"slos":[]}}""").RootElement;
    }

    private static async Task<HttpResponseMessage> GetYamlAsync(HttpClient client, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/applications/{id}");
        request.Headers.Add("Accept", "application/yaml");
        return await client.SendAsync(request, Stop);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, string? body, string type = "application/json", string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await client.SendAsync(request, Stop);
    }

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>(Stop)!;
}
