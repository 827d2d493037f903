using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Limits;

/// <summary>Numbers of a tenant's own, over HTTP: tenant small may do little, tenant large what everybody may.</summary>
public sealed class TenantLimitsTests : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();

    // A Prometheus that takes questions and never answers: an investigation, and its stream, last as long as its patience.
    private readonly TcpListener silent = new(IPAddress.Loopback, 0);
    private Azurite? azurite;
    private NightwatchApp? app;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        silent.Start();
        azurite = await Azurite.StartAsync(Stop);
        var policy = Path.Combine(state.Path, "access.yaml");
        await File.WriteAllTextAsync(policy, "tenants: [{id: large}, {id: small}]", Stop);
        app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, new Dictionary<string, string?>
        {
            ["NIGHTWATCH_ACCESS_POLICY"] = policy,
            ["NIGHTWATCH_DEVELOPMENT"] = "loopback",
            ["PROMETHEUS_URL"] = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/",
            ["PROMETHEUS_TENANT"] = "small",
            ["NIGHTWATCH_LIMITS_TENANT_PER_MINUTE_FOR__small"] = "4",
            ["NIGHTWATCH_LIMITS_INTAKE_ALERTS_PER_SECOND_FOR__small"] = "1",
            ["NIGHTWATCH_LIMITS_STREAMS_PER_CALLER_FOR__small"] = "1",
        }, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        silent.Dispose();
        state.Dispose();
    }

    [Fact]
    public async Task Requests_OfTwoTokensOfOneTenant_AreCountedTogetherAndApartFromTheOthers()
    {
        using var first = await ClientAsync("small");
        using var second = await ClientAsync("small");
        using var other = await ClientAsync("large");
        var (refused, refusedOther) = (0, 0);
        for (var i = 0; i < 20; i++)
        {
            refused += await StatusAsync(i % 2 == 0 ? first : second, "api/incidents") == HttpStatusCode.TooManyRequests ? 1 : 0;
            refusedOther += await StatusAsync(other, "api/incidents") == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        // 4 at once, and one more for every 15 seconds that this took.
        Assert.InRange(refused, 8, 16);
        Assert.Equal(0, refusedOther);
    }

    [Fact]
    public async Task Alerts_PastTheTenantsIntake_AreAnsweredWith503AndThoseOfOthersTaken()
    {
        using var small = await ClientAsync("small");
        using var large = await ClientAsync("large");
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            using var answer = await small.PostAsync("api/alerts/alertmanager", Webhook($"flood-{i}"), Stop);
            refused += answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null ? 1 : 0;
            using var taken = await large.PostAsync("api/alerts/alertmanager", Webhook($"flow-{i}"), Stop);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }

        // A body of unknown length takes all that there is; after it one alert a second.
        Assert.InRange(refused, 1, 39);
    }

    [Fact]
    public async Task Streams_PastTheLimit_AreRefusedUntilOneIsLeft()
    {
        using var sender = await ClientAsync("small");
        (await sender.PostAsync("api/alerts/alertmanager", Webhook("streamed"), Stop)).Dispose();
        var path = $"api/investigations/{await Eventually.GetAsync(InvestigationAsync, id => id is not null)}/events";
        using var developer = new HttpClient { BaseAddress = app!.Url };
        developer.DefaultRequestHeaders.Add("X-Nightwatch-Tenant", "small");

        HttpStatusCode second;
        using (var open = await developer.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Stop))
        {
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
            second = await StatusAsync(developer, path);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, second);
        await Eventually.TrueAsync(async () => await StatusAsync(developer, path) == HttpStatusCode.OK, "the place is free again");
    }

    private async Task<string?> InvestigationAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/incidents");
        request.Headers.Add("X-Nightwatch-Tenant", "small");
        using var developer = new HttpClient { BaseAddress = app!.Url };
        using var answer = await developer.SendAsync(request, Stop);
        using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return page.RootElement.GetProperty("incidents").EnumerateArray()
            .Select(i => i.TryGetProperty("investigationId", out var id) ? id.GetString() : null).FirstOrDefault(id => id is not null);
    }

    private async Task<HttpClient> ClientAsync(string tenant)
    {
        using var developer = new HttpClient { BaseAddress = app!.Url };
        developer.DefaultRequestHeaders.Add("X-Nightwatch-Tenant", tenant);
        using var made = await developer.PostAsJsonAsync("api/access/tokens", new { name = "limits", permissions = new[] { "ingest:alerts", "read:incidents" } }, Stop);
        made.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = app.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString());
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Stop);
        return answer.StatusCode;
    }

    private static HttpContent Webhook(string service) => Webhooks.Alertmanager(service, [Webhooks.Firing("Down", service, TimeProvider.System.GetUtcNow().AddMinutes(-1))]);
}
