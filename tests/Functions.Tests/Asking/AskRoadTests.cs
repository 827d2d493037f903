using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Nightwatch.Functions.Tests.Asking;

/// <summary>Questions over HTTP, answered from a real Prometheus and a fake Loki.</summary>
public sealed class AskRoadTests(AskFixture road) : IClassFixture<AskFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_ErrorRateOfAService_GivesTheShareWithItsQuery()
    {
        var answer = await AskAsync(new { question = "what is the error rate of orders?", timeZone = "Europe/Berlin" });

        var query = answer.GetProperty("queries")[0];
        Assert.Equal(("promql", "success", "rules", "ratio"), (Text(query, "language"), Text(query, "status"), Text(query, "madeBy"), Text(query, "unit")));
        Assert.Equal(0.1 / 5.1, Value(query), 1e-4);
        Assert.Equal("1.961 %", Text(query, "summary")[..7]);
        Assert.Contains(Text(query, "query"), Text(answer, "answer"), StringComparison.Ordinal);
        Assert.Contains("1.961 %", Text(answer, "answer"), StringComparison.Ordinal);
        Assert.Equal("Europe/Berlin", Text(answer.GetProperty("understanding"), "timeZone"));
        Assert.Equal("orders", Text(answer.GetProperty("understanding").GetProperty("entities")[0], "value"));
        Assert.StartsWith("http://", Text(query, "link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_FollowUp_KeepsWhatWasAskedBefore_ForItsOwnerAlone()
    {
        var first = await AskAsync(new { question = "request rate of orders in the last hour" });
        var id = Text(first, "id");

        var second = await AskAsync(new { question = "same for payment", follows = id });

        var query = second.GetProperty("queries")[0];
        Assert.Contains("payment", Text(query, "query"), StringComparison.Ordinal);
        Assert.DoesNotContain("orders", Text(query, "query"), StringComparison.Ordinal);
        Assert.Equal(Text(first.GetProperty("queries")[0], "unit"), Text(query, "unit"));
        Assert.Contains("2/s", Text(query, "summary"), StringComparison.Ordinal);
        using var other = await road.ClientAsync(new { }, "read:metrics");
        var (status, problem) = await SendAsync(other, new { question = "and yesterday?", follows = id });
        Assert.Equal((HttpStatusCode.BadRequest, "follows"), (status, Text(problem, "field")));
    }

    [Fact]
    public async Task Ask_EventsOfAnApp_AreCountedByLevelFromTheLogs()
    {
        var answer = await AskAsync(new { question = "how many events were created for the payment app in the last 24 hours?" });

        var query = answer.GetProperty("queries")[0];
        Assert.Equal(("logql", "success"), (Text(query, "language"), Text(query, "status")));
        Assert.Equal("info 12, error 7", Text(query, "summary"));
        Assert.Equal($"{AskFixture.Lines}", Text(answer.GetProperty("queries")[1], "summary"));
    }

    [Fact]
    public async Task Ask_ErrorLines_AreMasked()
    {
        var answer = await AskAsync(new { question = "find all errors containing 'database timeout'" });

        var query = answer.GetProperty("queries")[0];
        Assert.Equal(AskFixture.Errors, query.GetProperty("data").GetProperty("total").GetInt32());
        Assert.StartsWith("7 lines, the newest of ", Text(query, "summary"), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22secret", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_LogsWithoutTheirPermission_AreNotShown()
    {
        using var client = await road.ClientAsync(new { }, "read:metrics");

        var (status, answer) = await SendAsync(client, new { question = "find all errors containing 'database timeout'" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("database timeout 1", answer.GetRawText(), StringComparison.Ordinal);
        Assert.All(answer.GetProperty("queries").EnumerateArray().Where(q => Text(q, "language") == "logql"), q => Assert.Equal("error", Text(q, "status")));
        var (refused, problem) = await SendAsync(client, new { question = "errors", logs = "loki" });
        Assert.Equal((HttpStatusCode.Forbidden, "logs"), (refused, Text(problem, "field")));
    }

    [Fact]
    public async Task Ask_ScopeOfOneApplication_IsNotOpenToFreeQueries()
    {
        using var client = await road.ClientAsync(new { applications = new[] { "orders" } }, "read:metrics");

        var (status, problem) = await SendAsync(client, new { question = "error rate of payment" });

        Assert.Equal((HttpStatusCode.Forbidden, "datasource"), (status, Text(problem, "field")));
    }

    [Fact]
    public async Task Ask_NameThatNobodyKnows_ComesBackAsChoices()
    {
        var answer = await AskAsync(new { question = "error rate of service billing" });

        Assert.Empty(answer.GetProperty("queries").EnumerateArray());
        Assert.Contains(answer.GetProperty("choices").EnumerateArray(), c => Text(c, "question") == "error rate of service payment");
        Assert.Contains("billing", Text(answer, "remark"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_OutOfScope_SaysSo()
    {
        var answer = await AskAsync(new { question = "what is the capital of France?" });

        Assert.Equal("out_of_scope", Text(answer.GetProperty("understanding"), "intent"));
        Assert.Contains("outside", Text(answer, "remark"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WindowPastTheLimit_SaysTheLimit()
    {
        var answer = await AskAsync(new { question = "memory usage of web-1 over the last 30 days" });

        Assert.Contains("MAX_QUERY_RANGE_HOURS", answer.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_NotRun_ShowsTheQueriesOnly()
    {
        var answer = await AskAsync(new { question = "memory usage of web-1", run = false });

        var query = answer.GetProperty("queries")[0];
        Assert.Equal("not_run", Text(query, "status"));
        Assert.False(query.TryGetProperty("data", out _));
    }

    [Theory]
    [InlineData("""{}""", "question")]
    [InlineData("""{"question":"  "}""", "question")]
    [InlineData("""{"question":"cpu","timeZone":"Mars/Olympus"}""", "timeZone")]
    [InlineData("""{"question":"cpu","timeZone":"../../etc/passwd"}""", "timeZone")]
    [InlineData("""{"question":"cpu","follows":"none"}""", "follows")]
    [InlineData("""{"question":"cpu","incident":"none"}""", "incident")]
    [InlineData("""{"question":"cpu","use":"magic"}""", "use")]
    [InlineData("""{"question":"cpu","unknown":1}""", "unknown")]
    public async Task Ask_WhatCannotBeTaken_IsAProblemThatNamesTheField(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await road.First.PostAsync("api/ask", content, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, Text(await answer.Content.ReadFromJsonAsync<JsonElement>(Stop), "field"));
    }

    [Fact]
    public async Task Ask_TooLong_OrUnknownSource_IsRefused()
    {
        var (tooLong, problem) = await SendAsync(road.First, new { question = new string('a', 1001) });
        var (unknown, other) = await SendAsync(road.First, new { question = "cpu", datasource = "nowhere" });

        Assert.Equal((HttpStatusCode.BadRequest, "question"), (tooLong, Text(problem, "field")));
        Assert.Equal((HttpStatusCode.NotFound, "datasource"), (unknown, Text(other, "field")));
    }

    [Fact]
    public async Task Ask_IsOnRecord()
    {
        using var client = await road.ClientAsync(new { }, "read:metrics", "read:audit");
        var (_, answer) = await SendAsync(client, new { question = "memory usage of web-1, password=hunter22secret" });

        var events = await client.GetFromJsonAsync<JsonElement>("api/audit?action=question.asked", Stop);

        Assert.Contains($"question/{Text(answer, "id")}", events.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22secret", events.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DirectQuery_LogQlThatCounts_GivesNumbers()
    {
        using var answer = await road.First.PostAsJsonAsync("api/grafana/query/loki", new { query = "sum by (level) (count_over_time({service=\"payment\"}[24h]))" }, Stop);

        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([7d, 12d], json.GetProperty("data").GetProperty("samples").EnumerateArray().Select(s => s.GetProperty("value").GetDouble()).Order());
    }

    private async Task<JsonElement> AskAsync(object body)
    {
        var (status, answer) = await SendAsync(road.First, body);
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        return answer;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("api/ask", body, Stop);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private static double Value(JsonElement query) => query.GetProperty("data").GetProperty("samples")[0].GetProperty("value").GetDouble();

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
