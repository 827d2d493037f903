using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nightwatch.Bot.Investigations;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Bot.Tests.Investigations;

public sealed class InvestigationCardTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Render_ConcludedInvestigation_SaysWhatAndHowSureAndWhatNext()
    {
        var card = InvestigationCard.Render(View(), new Uri("https://nightwatch.example/#inv-1"));

        Assert.Equal("1.5", (string?)card["version"]);
        Assert.Equal("AdaptiveCard", (string?)card["type"]);
        var texts = Texts(card);
        Assert.Contains(texts, t => t.StartsWith("81.2 % internal\\_errors: payment", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.Contains("payment fails by itself", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.StartsWith("+ errors rose", StringComparison.Ordinal));
        Assert.Contains(texts, t => t.StartsWith("- Read the error logs", StringComparison.Ordinal));
        Assert.Contains("2026-03-04 11:00:00 UTC", Facts(card));
        Assert.Equal("https://nightwatch.example/#inv-1", (string?)card["actions"]![0]!["url"]);
    }

    [Fact]
    public void Render_StillGathering_SaysHowFar()
    {
        var view = View();
        var card = InvestigationCard.Render(view with { Investigation = view.Investigation with { Conclusion = null, Status = InvestigationStatus.Gathering } });

        Assert.Contains("Gathering evidence: 1 of 0 answers.", Texts(card));
        Assert.Null(card["actions"]);
    }

    [Fact]
    public void Render_ResolvedIncident_ShowsOutcome()
    {
        var view = View();
        var incident = new Incident
        {
            Id = "i",
            Tenant = "t",
            Status = IncidentStatus.Resolved,
            Title = "x",
            Severity = "critical",
            FirstEpisodeId = "e",
            StartsAt = Start,
            UpdatedAt = Start,
            ResolvedAt = Start.AddMinutes(9),
            Episodes = 1,
            FiringEpisodes = 0,
            CommonLabels = new Dictionary<string, string>(),
            InvestigationState = InvestigationState.Concluded,
        };
        var card = InvestigationCard.Render(view with { Incident = incident, Investigation = view.Investigation with { Outcome = "Resolved after 9 min." } });

        Assert.Contains("concluded, resolved", Facts(card));
        Assert.Contains("Resolved after 9 min.", Facts(card));
    }

    [Theory]
    [InlineData("[click](https://evil.example)")]
    [InlineData("{{DATE(2026-01-01T00:00:00Z, LONG)}}")]
    [InlineData("<at>everyone</at> **bold**")]
    public void Render_MarkupFromOutside_IsShownNotObeyed(string title)
    {
        var view = View();
        var text = Texts(InvestigationCard.Render(view with { Investigation = view.Investigation with { Title = title } }))[0];

        Assert.DoesNotContain("](", text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<at>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\"\\\u0001")]
    [InlineData("\ud83d\udd25")]
    [InlineData("\ud83d")]
    public void Render_HugeTexts_StaysUnderTheLimitAndIsJson(string unit)
    {
        var huge = string.Concat(Enumerable.Repeat(unit, 20_000));
        var view = View(huge);
        var json = InvestigationCard.Render(view, new Uri("https://nightwatch.example/")).ToJsonString();

        Assert.True(Encoding.UTF8.GetByteCount(json) <= InvestigationCard.MaxBytes);
        using var read = JsonDocument.Parse(json);
        Assert.Equal(JsonValueKind.Object, read.RootElement.ValueKind);
    }

    [Fact]
    public void Render_PageThatIsNoWebAddress_HasNoButton() => Assert.Null(InvestigationCard.Render(View(), new Uri("file:///etc/passwd"))["actions"]);

    private static InvestigationView View(string? filler = null)
    {
        var points = Enumerable.Range(0, 20).Select(i => new EvidencePoint("inv:r2", filler ?? $"errors rose {i}", 2)).ToList();
        var hypothesis = new Hypothesis { Cause = "internal_errors", Component = filler ?? "payment", Statement = filler ?? "payment fails by itself.", Confidence = 0.8123, For = points, Against = points };
        return new InvestigationView
        {
            Investigation = new Investigation
            {
                Id = "inv",
                Tenant = "t",
                IncidentId = "i",
                Title = filler ?? "ShopHighErrorRatio: frontend",
                Status = InvestigationStatus.Concluded,
                Depth = InvestigationDepth.Standard,
                ClaimedAt = Start,
                Subject = new InvestigationSubject { AlertName = filler ?? "ShopHighErrorRatio", Labels = new Dictionary<string, string>(), StartsAt = Start, Service = filler ?? "frontend" },
                Conclusion = new Conclusion
                {
                    Summary = filler ?? "Most probably payment.",
                    WrittenBy = "rules",
                    Hypotheses = [.. Enumerable.Repeat(hypothesis, 6)],
                    NotChecked = [.. Enumerable.Repeat(new UncheckedQuestion(filler ?? "Logs", filler ?? "no source"), 30)],
                    NextSteps = [.. Enumerable.Repeat(filler ?? "Read the error logs of payment.", 30)],
                },
            },
            Evidence =
            [
                new Evidence
                {
                    Id = "inv:r2", Tenant = "t", InvestigationId = "inv", StepId = "r2", Topic = Topics.Errors, Title = "Errors", Tool = "query_metrics_range", Status = ToolStatus.Success, Invocation = "up",
                    Summary = filler ?? "Errors rose.", Facts = [new Fact { Name = "during", Value = 0.3 }], RecordedAt = Start,
                },
            ],
        };
    }

    private static List<string> Texts(JsonNode card) => [.. Find(card, "text")];

    private static List<string> Facts(JsonNode card) => [.. Find(card, "value")];

    private static IEnumerable<string> Find(JsonNode? node, string name) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == name && p.Value is JsonValue v ? [v.GetValue<string>()] : Find(p.Value, name)),
        JsonArray a => a.SelectMany(n => Find(n, name)),
        _ => [],
    };
}
