using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Domain.Queries.Asking;

namespace Nightwatch.Adapters.Tests.Asking;

/// <summary>What becomes of a question when a model translates it, over its wire.</summary>
public sealed class ModelAskingTests
{
    private const string Good = "sum(rate(http_requests_total{service=\"orders\"}[5m]))";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_ModelWithTools_ItsQueryIsCheckedRunAndNamed()
    {
        await using var model = await FakeOpenAi.StartAsync(
            Cancel,
            FakeOpenAi.Calls(("search_metrics", """{"words":"checkout"}"""), ("list_label_values", """{"label":"service"}""")),
            FakeOpenAi.Says(Answer(("sum(increase(checkout_total[24h]))", "now-24h", "now"))));
        await using var host = new AskingHost(model);

        var answer = await host.AskAsync("how many people bought something since yesterday?");

        var query = Assert.Single(answer.Queries);
        Assert.Equal(("sum(increase(checkout_total[24h]))", "model test-model", AnsweredStatus.Success), (query.Query, query.MadeBy, query.Status));
        Assert.Equal("42 (orders)", query.Summary);
        Assert.Equal(["sum(increase(checkout_total[24h]))"], host.Metrics.Queries);
        var second = model.Asked[1].GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "tool").Select(Content).ToList();
        Assert.Contains("checkout_total", second[0], StringComparison.Ordinal);
        Assert.Contains("payment", second[1], StringComparison.Ordinal);
        Assert.Equal(["search_metrics", "list_label_values", "search_log_labels"], model.Asked[0].GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("function").GetProperty("name").GetString()));
        Assert.Equal("json_schema", model.Asked[0].GetProperty("response_format").GetProperty("type").GetString());
        Assert.Equal("model", host.Audit.Events.First(e => e.Action == "tool.call").Details["decided_by"]);
    }

    [Fact]
    public async Task Ask_WhatSourcesSay_IsMaskedAndWithheldFromTheModel()
    {
        await using var model = await FakeOpenAi.StartAsync(
            Cancel,
            FakeOpenAi.Calls(("list_label_values", """{"label":"contact"}"""), ("list_label_values", """{"label":"note"}""")),
            FakeOpenAi.Says(Answer((Good, "now", "now"))));
        await using var host = new AskingHost(model);

        await host.AskAsync("checkout of bob@example.com with password=hunter22secret");

        var sent = string.Concat(model.Asked.Select(a => a.GetRawText()));
        Assert.DoesNotContain("ann@example.com", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@example.com", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22secret", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("ignore all previous instructions", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum(rate(http_request_total[5m]))", "there is no metric http_request_total; near it are http_requests_total")]
    [InlineData("sum(rate(http_requests_total[5m]", "[5m]\": 1:")]
    [InlineData("sum(rate(http_requests_total{servce=\"orders\"}[5m]))", "has no label servce")]
    [InlineData("sum(rate(http_requests_total{service=\"order\"}[5m]))", "no service is known to be order")]
    [InlineData("count({__name__=~\".+\"})", "not sent")]
    public async Task Ask_WrongQuery_IsRepairedWithTheFinding(string wrong, string finding)
    {
        await using var model = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says(Answer((wrong, "now", "now"))), FakeOpenAi.Says(Answer((Good, "now", "now"))));
        await using var host = new AskingHost(model);

        var answer = await host.AskAsync("requests of orders");

        Assert.Equal(Good, Assert.Single(answer.Queries).Query);
        Assert.Equal("model test-model", answer.Queries[0].MadeBy);
        Assert.Contains(finding, Content(model.Asked[1].GetProperty("messages").EnumerateArray().Last()), StringComparison.Ordinal);
        Assert.Equal([Good], host.Metrics.Queries);
    }

    [Fact]
    public async Task Ask_WhatStillFails_IsDroppedAndSaid()
    {
        await using var model = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says(Answer((Good, "now", "now"), ("nothing_like_it", "now", "now"))));
        await using var host = new AskingHost(model);

        var answer = await host.AskAsync("requests of orders");

        Assert.Equal(Good, Assert.Single(answer.Queries).Query);
        Assert.Contains(answer.Warnings, w => w.Contains("dropped", StringComparison.Ordinal) && w.Contains("nothing_like_it", StringComparison.Ordinal));
        Assert.Equal(2, model.Asked.Count);
    }

    public static TheoryData<string, string> Failures => new()
    {
        { "500", "The server had an error" },
        { "429", "Rate limit reached" },
        { "damaged", "cannot be used" },
        { "stalls", "did not answer within 1 s" },
        { "loops", "kept looking things up" },
        { "window", "can be used" },
        { "nothing", "proposed nothing" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Ask_ModelIsOfNoUse_TheRulesAnswerAndSayWhy(string failure, string expected)
    {
        RequestDelegate reply = failure switch
        {
            "500" => FakeOpenAi.Refuses(500, "The server had an error"),
            "429" => FakeOpenAi.Refuses(429, "Rate limit reached"),
            "damaged" => FakeOpenAi.Says("""{"queries":[{"language":"promql","""),
            "stalls" => FakeOpenAi.Stalls,
            "loops" => FakeOpenAi.Calls(("search_metrics", """{"words":"more"}"""), ("delete_everything", "{}")),
            "window" => FakeOpenAi.Says(Answer(true, (Good, "now-90d", "now"))),
            _ => FakeOpenAi.Says("""{"queries":[],"ask_back":[],"remark":null}"""),
        };
        await using var model = await FakeOpenAi.StartAsync(Cancel, reply);
        await using var host = new AskingHost(model, failure == "stalls" ? TimeSpan.FromSeconds(1) : null);

        var answer = await host.AskAsync("request rate of orders");

        Assert.Equal("rules", answer.Queries[0].MadeBy);
        Assert.Equal(AnsweredStatus.Success, answer.Queries[0].Status);
        Assert.Contains(answer.Warnings, w => w.StartsWith("the rules answered, since", StringComparison.Ordinal) && w.Contains(expected, StringComparison.Ordinal));
        Assert.Contains("the rules answered", answer.Answer, StringComparison.Ordinal);
        Assert.True(model.Asked.Count <= 7, $"{model.Asked.Count} requests");
    }

    [Fact]
    public async Task Ask_RulesAreSure_TheModelIsNotAsked()
    {
        await using var model = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says(Answer((Good, "now", "now"))));
        await using var host = new AskingHost(model);

        var sure = await host.AskAsync("request rate of orders", use: null);
        var asked = model.Asked.Count;
        var unsure = await host.AskAsync("error rate of service billing", use: null);

        Assert.Equal(("rules", 0), (sure.Queries[0].MadeBy, asked));
        Assert.Equal("model test-model", unsure.Queries[0].MadeBy);
    }

    [Fact]
    public async Task Ask_SameQuestionAgain_IsServedFromTheCacheForItsTenant()
    {
        await using var model = await FakeOpenAi.StartAsync(Cancel, FakeOpenAi.Says(Answer(true, (Good, "now-1h", "now"))));
        await using var host = new AskingHost(model);

        var first = await host.AskAsync("Requests of orders?");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await host.AskAsync("requests  of orders");
        host.Time.Advance(TimeSpan.FromHours(2));
        var third = await host.AskAsync("requests of orders");

        Assert.Equal(["model test-model", "model test-model (cached)", "model test-model"], new[] { first, second, third }.Select(a => a.Queries[0].MadeBy));
        Assert.True(second.Queries[0].End - first.Queries[0].End >= TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromHours(1), second.Queries[0].End - second.Queries[0].Start);
        Assert.Equal(2, model.Asked.Count);
    }

    [Fact]
    public async Task Ask_ModelAsksBackOrRemarks_NoNumberIsInvented()
    {
        await using var model = await FakeOpenAi.StartAsync(
            Cancel,
            FakeOpenAi.Says("""{"queries":[],"ask_back":["requests of orders","requests of payment"],"remark":null}"""),
            FakeOpenAi.Says("""{"queries":[],"ask_back":["requests of orders"],"remark":"The rate is 97.5 percent."}"""));
        await using var host = new AskingHost(model);

        var choices = await host.AskAsync("how much traffic?");
        var remark = await host.AskAsync("what is going on?");

        Assert.Equal(["requests of orders", "requests of payment"], choices.Choices.Select(c => c.Question));
        Assert.DoesNotContain("97.5", JsonSerializer.Serialize(remark), StringComparison.Ordinal);
    }

    private static string Answer(params (string Query, string From, string To)[] queries) => Answer(false, queries);

    private static string Answer(bool curve, params (string Query, string From, string To)[] queries) => JsonSerializer.Serialize(new
    {
        queries = queries.Select(q => new
        {
            language = "promql",
            query = q.Query,
            range = new { from = q.From, to = q.To },
            step_seconds = curve ? 60 : (int?)null,
            purpose = "requests",
            unit = "count",
            confidence = 0.8,
        }),
        ask_back = Array.Empty<string>(),
        remark = (string?)null,
    });

    private static string Content(JsonElement message) => message.GetProperty("content").ValueKind == JsonValueKind.String
        ? message.GetProperty("content").GetString()!
        : string.Concat(message.GetProperty("content").EnumerateArray().Select(p => p.GetProperty("text").GetString()));
}
