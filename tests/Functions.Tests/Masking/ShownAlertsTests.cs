using System.Net;
using System.Text.Json;
using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Masking;

/// <summary>An alert that carries secrets: whatever is told of it, to whomever, on whichever road, they are not in it.</summary>
public sealed class ShownAlertsTests(AppFixture app)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SecretsOfAnAlert_AreInNoAnswerStreamReportOrLog()
    {
        var service = $"vault-{Guid.NewGuid():N}"[..14];
        string[] secrets = [$"Xk9{Guid.NewGuid():N}", $"Qp7{Guid.NewGuid():N}", $"Zt5{Guid.NewGuid():N}"];
        object alert = new
        {
            status = "firing",
            labels = new { alertname = "LoginFails", service, @namespace = service, severity = "critical", api_key = secrets[0] },
            annotations = new { summary = $"login with password={secrets[1]} fails", description = $"psql postgres://shop:{secrets[2]}@db.example/shop" },
            startsAt = TimeProvider.System.GetUtcNow().AddMinutes(-1),
            generatorURL = $"http://prometheus.example/graph?g0.expr=up+%3D%3D+0&password={secrets[1]}",
        };
        using (var body = Webhooks.Alertmanager(service, [alert]))
        using (var taken = await app.Next.Http.PostAsync("api/alerts/alertmanager", body, Stop))
        {
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }

        string? incident = null, investigation = null;
        await Eventually.TrueAsync(async () => ((incident, investigation) = await FindAsync(service)) is { Item2: not null }, "the investigation is concluded");
        var told = new List<string>();
        foreach (var path in new[]
        {
            "api/alerts?pageSize=500", "api/incidents?pageSize=500", $"api/incidents/{incident}", $"api/investigations/{investigation}",
            $"api/investigations/{investigation}?format=markdown", $"api/investigations/{investigation}/events", "api/findings?pageSize=500",
        })
        {
            told.Add(await app.Next.Http.GetStringAsync(path, Stop));
        }

        Assert.Contains(service, told[0], StringComparison.Ordinal);
        Assert.Contains("[masked]", told[0], StringComparison.Ordinal);
        Assert.All(told.Append(app.First.Output).Append(app.Second.Output), text => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
    }

    private async Task<(string? Incident, string? Investigation)> FindAsync(string service)
    {
        using var page = JsonDocument.Parse(await app.Next.Http.GetStringAsync("api/incidents?pageSize=500", Stop));
        var found = page.RootElement.GetProperty("incidents").EnumerateArray().FirstOrDefault(
            i => i.GetProperty("commonLabels").TryGetProperty("service", out var name) && name.GetString() == service && i.GetProperty("investigationState").GetString() == "concluded");
        return found.ValueKind == JsonValueKind.Undefined ? (null, null) : (found.GetProperty("id").GetString(), found.GetProperty("investigationId").GetString());
    }
}
