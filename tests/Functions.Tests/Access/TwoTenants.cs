using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Tests.Access;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

[assembly: AssemblyFixture(typeof(TwoTenants))]

namespace Nightwatch.Functions.Tests.Access;

/// <summary>
/// One store with two tenants, one, which has data, and two, and a process that lets in nobody without a token. A second process in the development mode
/// makes the tokens.
/// </summary>
public sealed class TwoTenants : IAsyncLifetime
{
    /// <summary>Stands in everything that tenant one stores.</summary>
    public const string Marker = "onlyforone";

    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private QueueAccess? queue;
    private NightwatchApp? workshop;
    private NightwatchApp? app;

    /// <summary>Ids of tenant one's incident, investigation, token, datasource, application and dead letter.</summary>
    public IReadOnlyDictionary<string, string> Ids { get; private set; } = new Dictionary<string, string>();

    public Uri Url => app!.Url;

    public NightwatchApp App => app!;

    /// <summary>The queues, from beside the app.</summary>
    internal QueueAccess Queue => queue!;

    /// <summary>The process in the development mode.</summary>
    public Uri Workshop => workshop!.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        queue = new QueueAccess(azurite.ConnectionString);
        var policy = Path.Combine(state.Path, "access.yaml");
        await File.WriteAllTextAsync(policy, "tenants: [{id: one}, {id: two}]", Stop);
        var settings = new Dictionary<string, string?> { ["NIGHTWATCH_ACCESS_POLICY"] = policy };
        app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        settings["NIGHTWATCH_DEVELOPMENT"] = "loopback";
        workshop = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);

        var sender = await ClientAsync("one", Permission.IngestAlerts);
        (await sender.PostAsync("api/alerts/alertmanager", Webhooks.Alertmanager(Marker, [Webhooks.Firing("Down", Marker, Now)]), Stop)).EnsureSuccessStatusCode();
        (await sender.PostAsync("api/alerts", new StringContent("{"), Stop)).Dispose();
        using var reader = await ClientAsync("one", Permission.Admin);
        (await reader.PostAsJsonAsync("api/applications", new { id = "walked", name = Marker }, Stop)).EnsureSuccessStatusCode();
        var ids = (await Eventually.GetAsync(() => InvestigatedAsync(reader), ids => ids is not null))!;
        // The guard lets nobody ask it, so that no investigation waits for it.
        using var source = await reader.PostAsJsonAsync("api/grafana/datasources", new { name = "source-of-one", type = "grafana", url = $"http://127.0.0.1:9/{Marker}" }, Stop);
        source.EnsureSuccessStatusCode();
        await queue.SendAsync("alerts", $$"""{"tenant":"one","episodeIds":["{{Marker}}",""]}""");
        var letter = (await Eventually.GetAsync(() => DeadLetterAsync(reader), id => id is not null))!;
        Ids = new Dictionary<string, string>(ids) { ["datasources"] = "source-of-one", ["dead-letters"] = letter };
    }

    /// <summary>A client with a fresh service token of the tenant.</summary>
    public async Task<HttpClient> ClientAsync(string tenant, params IEnumerable<Permission> permissions)
    {
        var client = new HttpClient { BaseAddress = app!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await TokenAsync(tenant, permissions)).GetProperty("token").GetString());
        return client;
    }

    public async Task<JsonElement> TokenAsync(string tenant, IEnumerable<Permission> permissions)
    {
        using var client = new HttpClient { BaseAddress = workshop!.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/access/tokens")
        {
            Content = JsonContent.Create(new { name = $"of {tenant} {(tenant == "one" ? Marker : "")}", permissions = permissions.Select(Permissions.NameOf) }),
        };
        request.Headers.Add(CallerIdentification.TenantHeader, tenant);
        using var answer = await client.SendAsync(request, Stop);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { app, workshop, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        queue?.Dispose();
        state.Dispose();
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static async Task<string?> DeadLetterAsync(HttpClient reader) =>
        (await reader.GetFromJsonAsync<JsonElement>("api/dead-letters?queue=alerts", Stop)).GetProperty("deadLetters") is { } letters && letters.GetArrayLength() > 0
            ? letters[0].GetProperty("id").GetString()
            : null;

    private static async Task<IReadOnlyDictionary<string, string>?> InvestigatedAsync(HttpClient reader)
    {
        var incidents = (await reader.GetFromJsonAsync<JsonElement>("api/incidents", Stop)).GetProperty("incidents");
        var tokens = (await reader.GetFromJsonAsync<JsonElement>("api/access/tokens", Stop)).GetProperty("tokens");
        return incidents.GetArrayLength() == 1 && incidents[0].GetProperty("investigationState").GetString() == "concluded"
            ? new Dictionary<string, string>
            {
                ["incidents"] = incidents[0].GetProperty("id").GetString()!,
                ["investigations"] = incidents[0].GetProperty("investigationId").GetString()!,
                ["tokens"] = tokens[0].GetProperty("id").GetString()!,
                ["applications"] = "walked",
                ["metrics"] = "walked",
                ["logs"] = "walked",
            }
            : null;
    }
}
