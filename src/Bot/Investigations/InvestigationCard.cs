using System.Text.Json.Nodes;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Bot.Investigations;

/// <summary>
/// An investigation as an Adaptive Card 1.5: what was concluded, what it rests on, what to do next. Bounded in size, since Teams refuses larger messages.
/// </summary>
public static class InvestigationCard
{
    /// <summary>Bytes of UTF-8. Teams takes 28 KB per message.</summary>
    public const int MaxBytes = 28 * 1024;

    private const int MaxText = 600;
    private const int MaxHypotheses = 3;
    private const int MaxPoints = 4;
    private const int MaxFacts = 8;

    /// <param name="page">Address of the investigation's page for people, or null for no button.</param>
    public static JsonObject Render(InvestigationView view, Uri? page = null)
    {
        // Each way leaves out more; the last one fits whatever the evidence holds.
        foreach (var (hypotheses, points, facts, text) in new[] { (MaxHypotheses, MaxPoints, MaxFacts, MaxText), (2, 2, 4, 300), (1, 1, 0, 200) })
        {
            var card = Render(view, page, hypotheses, points, facts, text);
            if (System.Text.Encoding.UTF8.GetByteCount(card.ToJsonString()) <= MaxBytes)
            {
                return card;
            }
        }

        return Card([Text(view.Investigation.Title, 200, "Large", bold: true)], null);
    }

    private static JsonObject Render(InvestigationView view, Uri? page, int hypotheses, int points, int facts, int text)
    {
        var body = new JsonArray(Text(view.Investigation.Title, text, "Large", bold: true), Head(view, text));
        if (view.Investigation.Conclusion is { } conclusion)
        {
            body.Add((JsonNode)Text(conclusion.Summary, text));
            foreach (var hypothesis in conclusion.Hypotheses.Take(hypotheses))
            {
                body.Add((JsonNode)Hypothesis(hypothesis, points, text));
            }

            Lines(body, "Next steps", conclusion.NextSteps.Take(points), text);
            Lines(body, "Not checked", conclusion.NotChecked.Take(points).Select(q => $"{q.Question}: {q.Why}"), text);
        }
        else
        {
            var answered = view.Evidence.Count;
            body.Add((JsonNode)Text($"Gathering evidence: {answered} of {view.Investigation.Steps.Count} answers.", text));
        }

        if (Evidence(view.Evidence, facts, text) is { } set)
        {
            body.Add((JsonNode)set);
        }

        return Card(body, page);
    }

    private static JsonObject Card(JsonArray body, Uri? page)
    {
        var card = new JsonObject
        {
            ["type"] = "AdaptiveCard",
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["version"] = "1.5",
            ["body"] = body,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
        };
        if (page is { Scheme: "http" or "https" } && page.AbsoluteUri.Length <= 2000)
        {
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open the investigation", ["url"] = page.AbsoluteUri });
        }

        return card;
    }

    private static JsonObject Head(InvestigationView view, int text)
    {
        var investigation = view.Investigation;
        var facts = new JsonArray(
            Fact(
                "Status",
                view.Incident is { Status: IncidentStatus.Resolved }
                    ? $"{investigation.Status.ToString().ToLowerInvariant()}, resolved"
                    : investigation.Status.ToString().ToLowerInvariant(),
                text));
        if (investigation.Subject is { } subject)
        {
            facts.Add((JsonNode)Fact("Alert", subject.AlertName, text));
            facts.Add((JsonNode)Fact("Since", Numbers.Date(subject.StartsAt), text));
            if (subject.Service is { } service)
            {
                facts.Add((JsonNode)Fact("Service", service, text));
            }
        }

        if (investigation.Outcome is { } outcome)
        {
            facts.Add((JsonNode)Fact("Outcome", outcome, text));
        }

        return new JsonObject { ["type"] = "FactSet", ["facts"] = facts };
    }

    private static JsonObject Hypothesis(Hypothesis hypothesis, int points, int text)
    {
        var items = new JsonArray(
            Text($"{Numbers.Write(hypothesis.Confidence, "ratio")} {hypothesis.Cause}: {hypothesis.Component}", text, bold: true),
            Text(hypothesis.Statement, text));
        foreach (var point in hypothesis.For.Take(points))
        {
            items.Add((JsonNode)Text($"+ {point.Statement}", text, subtle: true));
        }

        foreach (var point in hypothesis.Against.Take(points))
        {
            items.Add((JsonNode)Text($"- {point.Statement}", text, subtle: true));
        }

        return new JsonObject { ["type"] = "Container", ["separator"] = true, ["items"] = items };
    }

    /// <summary>The evidence that the hypotheses rest on is in their points; here stands what was measured, newest rounds last.</summary>
    private static JsonObject? Evidence(IReadOnlyList<Evidence> evidence, int most, int text)
    {
        var answers = evidence
            .Where(e => e.Status == ToolStatus.Success && e.Facts.Count > 0 && (e.Topic.StartsWith("golden.", StringComparison.Ordinal) || e.Topic == Topics.AlertExpression || e.Topic == Topics.Change))
            .Take(most)
            .ToList();
        return answers.Count == 0
            ? null
            : new JsonObject
            {
                ["type"] = "Container",
                ["separator"] = true,
                ["items"] = new JsonArray([Text("Evidence", text, bold: true), .. answers.Select(e => Text(e.Summary, text, subtle: true))]),
            };
    }

    private static void Lines(JsonArray body, string title, IEnumerable<string> lines, int text)
    {
        var all = lines.ToList();
        if (all.Count > 0)
        {
            body.Add((JsonNode)new JsonObject
            {
                ["type"] = "Container",
                ["separator"] = true,
                ["items"] = new JsonArray([Text(title, text, bold: true), .. all.Select(l => Text($"- {l}", text))]),
            });
        }
    }

    private static JsonObject Fact(string title, string value, int most) => new() { ["title"] = title, ["value"] = Plain(value, most) };

    private static JsonObject Text(string text, int most, string? size = null, bool bold = false, bool subtle = false)
    {
        var block = new JsonObject { ["type"] = "TextBlock", ["text"] = Plain(text, most), ["wrap"] = true };
        if (size is not null)
        {
            block["size"] = size;
        }

        if (bold)
        {
            block["weight"] = "Bolder";
        }

        if (subtle)
        {
            block["isSubtle"] = true;
        }

        return block;
    }

    /// <summary>
    /// A text block reads a subset of Markdown, and date and time macros ({{DATE(...)}}): text from outside is shown as it is.
    /// </summary>
    private static string Plain(string text, int most) => MarkdownText.Escape(Cut(text, most));

    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return text[..end] + "...";
    }
}
