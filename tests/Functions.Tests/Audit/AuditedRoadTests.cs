using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Governance;
using Nightwatch.Functions.Tests.Access;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Audit;

/// <summary>What people, machines and Nightwatch itself do through the running product is on record, and only there where it was done.</summary>
public sealed class AuditedRoadTests(TwoTenants tenants)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Investigation_OfAnAlert_IsOnRecordWithEveryToolItUsed()
    {
        using var auditor = await tenants.ClientAsync("one", Permission.ReadAudit);

        var trail = await RecordsAsync(auditor, $"correlation={tenants.Ids["investigations"]}");
        var actions = trail.Select(r => r.GetProperty("action").GetString()).ToList();

        Assert.Contains("investigation.claimed", actions);
        Assert.Contains("investigation.concluded", actions);
        Assert.Contains("tool.call", actions);
        Assert.All(trail, r => Assert.Equal("system", r.GetProperty("actor").GetString()));
        Assert.Contains("incident.decided", (await RecordsAsync(auditor, "action=incident.decided")).Select(r => r.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Token_MadeUsedAndRevoked_IsOnRecordWithWhoAndFromWhere()
    {
        var made = await tenants.TokenAsync("two", [Permission.ReadIncidents]);
        var id = made.GetProperty("details").GetProperty("id").GetString()!;
        var secret = made.GetProperty("token").GetString()!;
        using var client = new HttpClient { BaseAddress = tenants.Url };
        client.DefaultRequestHeaders.Add("X-Correlation-Id", "ticket-17");
        (await client.GetAsync($"api/incidents?status=open&code={secret}", Stop)).EnsureSuccessStatusCode();
        using var admin = await tenants.ClientAsync("two", Permission.ManageAccess);
        (await admin.DeleteAsync($"api/access/tokens/{id}", Stop)).EnsureSuccessStatusCode();
        (await client.GetAsync($"api/incidents?status=open&code={secret}", Stop)).Dispose();

        using var auditor = await tenants.ClientAsync("two", Permission.ReadAudit);
        var changes = (await RecordsAsync(auditor, "action=access.changed")).Where(r => r.GetProperty("target").GetString() == $"service-token/{id}").ToList();
        var used = Assert.Single(await RecordsAsync(auditor, $"actor=machine:{id}"));

        Assert.Equal(["revoked", "created"], changes.Select(r => r.GetProperty("details").GetProperty("change").GetString()));
        Assert.Equal("http.request", used.GetProperty("action").GetString());
        Assert.Equal("ticket-17", used.GetProperty("correlationId").GetString());
        Assert.Equal("127.0.0.1", used.GetProperty("from").GetString());
        Assert.Equal("status=open", used.GetProperty("details").GetProperty("query").GetString());
        Assert.DoesNotContain(secret.Split('_')[^1], await auditor.GetStringAsync("api/audit/export", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfAKnownCaller_IsOnRecordInTheirTenant()
    {
        using var reader = await tenants.ClientAsync("two", Permission.ReadIncidents);
        (await reader.GetAsync("api/access/tokens", Stop)).Dispose();

        using var auditor = await tenants.ClientAsync("two", Permission.ReadAudit);
        var refused = await RecordsAsync(auditor, "action=access.refused");

        Assert.Contains(refused, r => r.GetProperty("target").GetString() == "ListServiceTokens" && r.GetProperty("outcome").GetString() == "refused");
    }

    [Fact]
    public async Task Read_RepeatedByAPage_IsOnRecordOnce()
    {
        using var reader = await tenants.ClientAsync("two", Permission.ReadAlerts);
        for (var i = 0; i < 5; i++)
        {
            (await reader.GetAsync("api/alerts?pageSize=7", Stop)).EnsureSuccessStatusCode();
        }

        using var auditor = await tenants.ClientAsync("two", Permission.ReadAudit);
        var read = (await RecordsAsync(auditor, "action=http.request")).Where(r => r.GetProperty("target").GetString() == "ListAlerts"
            && r.GetProperty("details").TryGetProperty("query", out var query) && query.GetString() == "pageSize=7");

        Assert.Single(read);
    }

    [Fact]
    public async Task Trail_OfTheTests_IsWhole()
    {
        using var auditor = await tenants.ClientAsync("one", Permission.ReadAudit);

        var report = await Eventually.GetAsync(
            () => auditor.GetFromJsonAsync<JsonElement>("api/audit/verification", Stop), r => r.GetProperty("findings").GetArrayLength() == 0);

        Assert.True(report.GetProperty("records").GetInt32() > 0);
    }

    [Fact]
    public async Task Intake_OfAlerts_CostsNoRecord()
    {
        using var sender = await tenants.ClientAsync("two", Permission.IngestAlerts);
        (await sender.PostAsync("api/alerts/alertmanager", Webhooks.Alertmanager("quiet", [Webhooks.Resolved("Quiet", "quiet", TwoTenants.Now.AddHours(-1), TwoTenants.Now)]), Stop)).EnsureSuccessStatusCode();

        using var auditor = await tenants.ClientAsync("two", Permission.ReadAudit);

        Assert.DoesNotContain(await RecordsAsync(auditor, "action=http.request"), r => r.GetProperty("target").GetString() == "AlertmanagerWebhook");
    }

    private static async Task<List<JsonElement>> RecordsAsync(HttpClient auditor, string filter)
    {
        var page = await auditor.GetFromJsonAsync<JsonElement>($"api/audit?pageSize=1000&{filter}", Stop);
        return [.. page.GetProperty("records").EnumerateArray()];
    }
}
