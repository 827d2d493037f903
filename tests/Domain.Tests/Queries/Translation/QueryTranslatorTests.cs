using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Domain.Tests.Queries.Translation;

public sealed class QueryTranslatorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 18, 14, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("find all errors containing 'database timeout'", "{service=~\".+\", level=\"error\"} |= `database timeout`")]
    [InlineData("show me the logs of payment", "{service=\"payment\"}")]
    [InlineData("last 100 log entries of pod web-1", "{pod=\"web-1\"}")]
    public void Translate_QuestionForLogs_GivesTheLines(string question, string expected)
    {
        var query = QueryTranslator.Translate(question, Context()).Queries[0];

        Assert.Equal(LogQlParser.Parse(expected), LogQlParser.Parse(query.Text));
        Assert.Equal(100, query.Limit);
    }

    [Fact]
    public void Translate_EventsOfAnApp_CountsByLevelAndHour()
    {
        var translation = QueryTranslator.Translate("how many events were created for the payment app in the last 24 hours?", Context());

        Assert.Equal(QuestionIntent.Events, translation.Understanding.Intent);
        Assert.Equal(LogQlParser.Parse("sum by (level) (count_over_time({service=\"payment\"}[24h]))"), LogQlParser.Parse(translation.Queries[0].Text));
        Assert.Contains(translation.Queries, q => q.Step == TimeSpan.FromHours(1) && q.Window == new TimeWindow(Now - TimeSpan.FromDays(1), Now));
    }

    [Fact]
    public void Translate_LogsDuringTheIncident_AreOfItsWindow()
    {
        var incident = new TimeWindow(Now - TimeSpan.FromHours(5), Now - TimeSpan.FromHours(4));

        var query = QueryTranslator.Translate("logs of payment during the incident", Context() with { Incident = incident }).Queries[0];

        Assert.Equal(incident, query.Window);
    }

    [Theory]
    [InlineData("error rate of \"x\"} or vector(1) #\"")]
    [InlineData("logs containing '\"} | line_format \"{{.x}}'")]
    [InlineData("find logs with 'a` |~ `b' and \"c\\\" | json\"")]
    [InlineData("error rate of service payment\",code=~\".*")]
    [InlineData("cpu of pod \ud800\u0000\n'")]
    public void Translate_TextThatTriesToBreakOut_StaysAValue(string question)
    {
        foreach (var query in QueryTranslator.Translate(question, Context()).Queries)
        {
            if (query.Language == ProposedQuery.PromQl)
            {
                Assert.DoesNotContain("vector", query.Text.Split('"')[0], StringComparison.Ordinal);
                Assert.True(PromQlQuery.TryParse(query.Text, PromQlDialect.V242, out _, out _), query.Text);
            }
            else
            {
                Assert.DoesNotContain(((LogQuery)LogQlParser.Parse(query.Text)).Stages, s => s is LineFormatStage or JsonStage);
            }
        }
    }

    [Fact]
    public void Translate_NameThatNobodyKnows_AsksBack()
    {
        var translation = QueryTranslator.Translate("error rate of service billing", Context());

        Assert.Empty(translation.Queries);
        Assert.Contains(translation.Choices, c => c.Label == "payment" && c.Question == "error rate of service payment");
        Assert.Equal("rules", translation.MadeBy);
    }

    [Theory]
    [InlineData("yesterday", "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z")]
    [InlineData("in the last 24 hours", "2026-11-17T14:30:00Z", "2026-11-18T14:30:00Z")]
    [InlineData("in the past seven days", "2026-11-11T14:30:00Z", "2026-11-18T14:30:00Z")]
    [InlineData("this month", "2026-11-01T00:00:00Z", "2026-11-18T14:30:00Z")]
    [InlineData("last week", "2026-11-09T00:00:00Z", "2026-11-16T00:00:00Z")]
    [InlineData("since 3 pm yesterday", "2026-11-17T15:00:00Z", "2026-11-18T14:30:00Z")]
    [InlineData("between 10 and 12 on Monday", "2026-11-16T10:00:00Z", "2026-11-16T12:00:00Z")]
    [InlineData("from 9:15 to 10:45 UTC", "2026-11-18T09:15:00Z", "2026-11-18T10:45:00Z")]
    [InlineData("between 10 and 12 CET", "2026-11-18T09:00:00Z", "2026-11-18T11:00:00Z")]
    [InlineData("over half an hour", "2026-11-18T14:00:00Z", "2026-11-18T14:30:00Z")]
    public void Understand_TimeInWords_IsTheWindow(string words, string start, string end)
    {
        var time = QueryTranslator.Understand($"error rate of payment {words}", Context()).Time;

        Assert.Equal(DateTimeOffset.Parse(start, null), time?.Window.Start);
        Assert.Equal(DateTimeOffset.Parse(end, null), time?.Window.End);
    }

    private static TranslationContext Context() => new()
    {
        Now = Now,
        Metrics = MetricCatalogue.Build(
            [new MetricMetadata("http_requests_total", "counter", "Requests answered.", "")],
            [new Dictionary<string, string> { ["__name__"] = "http_requests_total", ["service"] = "payment", ["code"] = "500" }]),
        Logs = LogCatalogue.Build(new Dictionary<string, IReadOnlyCollection<string>> { ["service"] = ["payment", "orders"], ["level"] = ["error", "info", "warn"], ["pod"] = ["web-1"] }),
    };
}
