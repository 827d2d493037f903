using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>From a webhook to a written investigation, over HTTP, each request to the other of two processes.</summary>
public sealed partial class RoadTests(AppFixture app)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Webhook_OfAFiringAlert_EndsInAConcludedInvestigation()
    {
        await PostAsync("orders-a", Webhooks.Firing("OrdersDown", "orders-a", Now.AddMinutes(-1)));

        var investigation = await ConcludedAsync("orders-a");

        var conclusion = investigation.GetProperty("investigation").GetProperty("conclusion");
        Assert.NotEmpty(conclusion.GetProperty("summary").GetString()!);
        Assert.All(investigation.GetProperty("evidence").EnumerateArray(), e => Assert.NotEmpty(e.GetProperty("invocation").GetString()!));
        Assert.Contains(investigation.GetProperty("evidence").EnumerateArray(), e => e.GetProperty("tool").GetString() == "query_metrics_range");
    }

    [Fact]
    public async Task Webhook_Repeated_KeepsOneEpisodeAndOneInvestigation()
    {
        var startsAt = Now.AddMinutes(-1);
        for (var i = 0; i < 6; i++)
        {
            await PostAsync("orders-b", Webhooks.Firing("OrdersDown", "orders-b", startsAt));
        }

        await ConcludedAsync("orders-b");
        await PostAsync("orders-b", Webhooks.Firing("OrdersDown", "orders-b", startsAt));

        // The investigation is concluded a moment before its incident is told.
        await Eventually.TrueAsync(
            async () => (await IncidentAsync("orders-b")).GetProperty("investigationState").GetString() == "concluded", "the incident is told of its conclusion");
        Assert.Equal(1, (await IncidentAsync("orders-b")).GetProperty("episodes").GetInt32());
    }

    [Fact]
    public async Task Webhook_OfTheResolve_ClosesTheIncidentWithItsOutcome()
    {
        var startsAt = Now.AddMinutes(-2);
        await PostAsync("orders-c", Webhooks.Firing("OrdersDown", "orders-c", startsAt));
        await ConcludedAsync("orders-c");

        await PostAsync("orders-c", Webhooks.Resolved("OrdersDown", "orders-c", startsAt, Now));

        await Eventually.TrueAsync(async () => (await IncidentAsync("orders-c")).GetProperty("status").GetString() == "resolved", "the incident resolves");
        await Eventually.TrueAsync(async () => (await InvestigationAsync("orders-c"))!.Value.GetProperty("investigation").TryGetProperty("outcome", out _), "the outcome is recorded");
    }

    [Fact]
    public async Task Webhook_WithOneBadAlert_KeepsTheGoodAndReportsTheBad()
    {
        object bad = new { status = "firing", labels = new { alertname = "X" }, startsAt = "yesterday" };

        var (status, body) = await SendAsync("api/alerts/alertmanager", await Webhooks.Alertmanager("orders-d", [Webhooks.Firing("OrdersDown", "orders-d", Now), bad]).ReadAsStringAsync(Stop));

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(1, body.GetProperty("accepted").GetArrayLength());
        Assert.Equal("alerts[1].startsAt", body.GetProperty("rejected")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("api/alerts/alertmanager", "not json", 400)]
    [InlineData("api/alerts/alertmanager", "{\"version\":\"3\",\"alerts\":[]}", 400)]
    [InlineData("api/alerts/alertmanager", "[]", 400)]
    [InlineData("api/alerts", "{}", 422)]
    [InlineData("api/alerts/grafana", "", 400)]
    public async Task Webhook_Malformed_IsRefusedWithProblemDetailsAndLeavesAFinding(string path, string body, int expected)
    {
        var (status, problem) = await SendAsync(path, body);

        Assert.Equal(expected, (int)status);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        var findings = await GetAsync("api/findings?kind=webhook_refused");
        Assert.NotEqual(0, findings.GetProperty("findings").GetArrayLength());
    }

    [Fact]
    public async Task Webhook_LargerThanTheBound_IsRefusedWith413()
    {
        var (status, _) = await SendAsync("api/alerts", "{\"x\":\"" + new string('a', 17 * 1024 * 1024) + "\"}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    [Fact]
    public async Task Webhook_Truncated_ReadsTheRestFromAlertmanager()
    {
        using var alertmanager = new HttpClient { BaseAddress = app.Alertmanager };
        using var left = new StringContent(
            "[{\"labels\":{\"alertname\":\"LeftOut\",\"service\":\"orders-e\",\"severity\":\"critical\"},\"annotations\":{}}]", Encoding.UTF8, "application/json");
        (await alertmanager.PostAsync("api/v2/alerts", left, Stop)).EnsureSuccessStatusCode();

        using var truncated = Webhooks.Alertmanager("orders-e", [Webhooks.Firing("OrdersDown", "orders-e", Now)], truncated: 1);
        (await app.Next.Http.PostAsync("api/alerts/alertmanager", truncated, Stop)).EnsureSuccessStatusCode();

        await Eventually.TrueAsync(
            async () => (await GetAsync("api/alerts?pageSize=500")).GetProperty("alerts").EnumerateArray().Any(a => a.GetProperty("name").GetString() == "LeftOut"),
            "the alert that was left out is read from Alertmanager");
    }

    [Theory]
    [InlineData("api/incidents?pageSize=0", "pageSize")]
    [InlineData("api/incidents?pageSize=many", "pageSize")]
    [InlineData("api/incidents?status=closed", "status")]
    [InlineData("api/incidents?continuationToken=zzz", "continuationToken")]
    [InlineData("api/incidents?continuationToken=WyJ4IiwiXHVkODAwIl0", "continuationToken")]
    [InlineData("api/alerts?from=yesterday", "from")]
    [InlineData("api/alerts?from=2026-02-01&to=2026-01-01", "from")]
    [InlineData("api/alerts?fingerprint=x", "fingerprint")]
    public async Task Lists_WithABadParameter_SayWhichAndWhy(string path, string named)
    {
        using var answer = await app.Next.Http.GetAsync(path, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement;
        Assert.Equal(named, problem.GetProperty("field").GetString());
        Assert.DoesNotContain("Parameter", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/incidents")]
    [InlineData("api/alerts")]
    [InlineData("api/investigations/x")]
    [InlineData("api/investigations/x/events")]
    [InlineData("api/findings")]
    public async Task Reads_WithoutAToken_AreRefused(string path)
    {
        using var stranger = new HttpClient { BaseAddress = app.Next.Url };

        using var answer = await stranger.GetAsync(path, Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Webhook_WithoutAToken_IsRefusedAndLeavesAFinding()
    {
        using var stranger = new HttpClient { BaseAddress = app.Next.Url };
        using var body = Webhooks.Alertmanager("orders-f", [Webhooks.Firing("OrdersDown", "orders-f", Now)]);

        using var answer = await stranger.PostAsync("api/alerts/alertmanager", body, Stop);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        await Eventually.TrueAsync(
            async () => (await GetAsync("api/findings")).GetProperty("findings").EnumerateArray().Any(f => f.GetProperty("message").GetString()!.Contains("before it was read", StringComparison.Ordinal)),
            "the refusal is recorded");
    }

    [Fact]
    public async Task Stream_OfAnInvestigationOnTheOtherProcess_TellsAllTheEvidenceAndTheConclusion()
    {
        await PostAsync("orders-g", Webhooks.Firing("OrdersDown", "orders-g", Now));
        await Eventually.TrueAsync(async () => (await FindAsync("orders-g"))?.TryGetProperty("investigationId", out _) == true, "the investigation begins");
        var id = (await IncidentAsync("orders-g")).GetProperty("investigationId").GetString();

        var streams = await Task.WhenAll(ReadStreamAsync(app.First, id!, null), ReadStreamAsync(app.Second, id!, null));

        var stored = await GetAsync($"api/investigations/{id}");
        foreach (var stream in streams)
        {
            Assert.Equal("concluded", stream[^1].Event);
            Assert.Equal(stored.GetProperty("evidence").GetArrayLength(), stream.Count(e => e.Event == "evidence"));
        }

        var resumed = await ReadStreamAsync(app.First, id!, streams[0][^1].Id);
        Assert.DoesNotContain(resumed, e => e.Event == "evidence");
    }

    [Fact]
    public async Task Report_AsMarkdown_CarriesTheQueries()
    {
        await PostAsync("orders-h", Webhooks.Firing("Orders<script>Down", "orders-h", Now));
        var investigation = await ConcludedAsync("orders-h");
        var id = investigation.GetProperty("investigation").GetProperty("id").GetString();

        var markdown = await app.Next.Http.GetStringAsync($"api/investigations/{id}?format=markdown", Stop);

        Assert.StartsWith("# ", markdown, StringComparison.Ordinal);
        // Within a code span it is shown as it is; anywhere else it would be markup.
        Assert.DoesNotContain("<script>", CodeSpan().Replace(markdown, ""), StringComparison.Ordinal);
        Assert.Contains("up == 0", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AndItsFiles_AreServedWithAPolicyThatRunsNoForeignCode()
    {
        foreach (var path in new[] { "", "assets/page.js", "assets/access.js", "assets/page.css" })
        {
            using var answer = await app.Next.Http.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        using var missing = await app.Next.Http.GetAsync("assets/..%2f..%2fhost.json", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Metrics_OfItself_CountTheIntakeAndTheInvestigations()
    {
        await PostAsync("orders-m", Webhooks.Firing("OrdersDown", "orders-m", Now));
        await ConcludedAsync("orders-m");

        // Either process may have taken the webhook, and either may have concluded; each counts a moment after it has stored.
        var text = await Eventually.GetAsync(
            async () => await app.First.Http.GetStringAsync("metrics", Stop) + await app.Second.Http.GetStringAsync("metrics", Stop),
            both => both.Contains("nightwatch_investigations_concluded", StringComparison.Ordinal));

        Assert.Contains("# TYPE process_resident_memory_bytes gauge", text, StringComparison.Ordinal);
        Assert.Matches("nightwatch_intake_alerts(_total)?\\{[^}]*change=\"opened\"[^}]*\\} [1-9]", text);
        Assert.Matches("nightwatch_intake_webhooks(_total)?\\{[^}]*outcome=\"taken\"[^}]*\\} [1-9]", text);
        Assert.Matches("nightwatch_investigations_concluded(_total)?\\{[^}]*\\} [1-9]", text);
    }

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    private static async Task<List<(string Event, string? Id)>> ReadStreamAsync(NightwatchApp app, string id, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/investigations/{id}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        var events = new List<(string Event, string? Id)>();
        while (await reader.ReadLineAsync(Stop) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                events.Add((line["event: ".Length..], null));
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                events[^1] = (events[^1].Event, line["id: ".Length..]);
            }
        }

        return events;
    }

    private async Task PostAsync(string service, object alert)
    {
        using var body = Webhooks.Alertmanager(service, [alert]);
        using var answer = await app.Next.Http.PostAsync("api/alerts/alertmanager", body, Stop);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await app.Next.Http.PostAsync(path, content, Stop);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement);
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await app.Next.Http.GetStringAsync(path, Stop)).RootElement;

    private async Task<JsonElement?> FindAsync(string service)
    {
        var page = await GetAsync("api/incidents?pageSize=200");
        var found = page.GetProperty("incidents").EnumerateArray().Where(i => i.GetProperty("commonLabels").TryGetProperty("service", out var s) && s.GetString() == service).ToList();
        return found.Count == 0 ? null : Assert.Single(found);
    }

    private async Task<JsonElement> IncidentAsync(string service) => await FindAsync(service) ?? throw new InvalidOperationException($"{service} has no incident.");

    private async Task<JsonElement?> InvestigationAsync(string service) =>
        await FindAsync(service) is { } incident && incident.TryGetProperty("investigationId", out var id) ? await GetAsync($"api/investigations/{id.GetString()}") : null;

    private async Task<JsonElement> ConcludedAsync(string service)
    {
        await Eventually.TrueAsync(
            async () => await InvestigationAsync(service) is { } view && view.GetProperty("investigation").TryGetProperty("conclusion", out _), $"the investigation of {service} is concluded");
        return (await InvestigationAsync(service))!.Value;
    }
}
