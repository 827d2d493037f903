using System.Globalization;
using System.Text;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations;

/// <summary>An investigation as a Markdown document. Each number stands beside the exact query that gave it. Text from outside is escaped.</summary>
public static class InvestigationReport
{
    public static string ToMarkdown(InvestigationView view) => ToMarkdown(view.Investigation, view.Evidence, view.Incident);

    public static string ToMarkdown(Investigation investigation, IReadOnlyList<Evidence> evidence, Incident? incident)
    {
        var text = new StringBuilder();
        Head(text, investigation, incident);
        if (investigation.Conclusion is { } conclusion)
        {
            var numbers = evidence.Select((e, i) => (e.Id, Number: i + 1)).ToDictionary(e => e.Id, e => e.Number, StringComparer.Ordinal);
            Conclude(text, conclusion, numbers);
        }

        Answers(text, evidence);
        return text.ToString();
    }

    private static void Head(StringBuilder text, Investigation investigation, Incident? incident)
    {
        Line(text, $"# {MarkdownText.Escape(investigation.Title)}");
        Line(text);
        Line(
            text,
            $"- Status: {investigation.Status.ToString().ToLowerInvariant()}{(incident is { Status: IncidentStatus.Resolved } ? ", the incident is resolved" : "")}");
        if (investigation.Subject is { } subject)
        {
            Line(
                text,
                $"- Alert: {MarkdownText.Escape(subject.AlertName)} since {Numbers.Date(subject.StartsAt)}{(subject.Service is { } service ? $", service {MarkdownText.Escape(service)}" : "")}");
            if (subject.Expression is { } expression)
            {
                Line(text, $"- Expression: {MarkdownText.Code(expression)}");
            }
        }

        if (investigation.ConcludedAt is { } concluded)
        {
            Line(text, $"- Concluded: {Numbers.Date(concluded)}, written by {MarkdownText.Escape(investigation.Conclusion?.WrittenBy ?? "rules")}");
        }

        if (investigation.Outcome is { } outcome)
        {
            Line(text, $"- Outcome: {MarkdownText.Escape(outcome)}");
        }

        Line(text);
    }

    private static void Conclude(StringBuilder text, Conclusion conclusion, Dictionary<string, int> numbers)
    {
        Line(text, "## Conclusion");
        Line(text);
        Line(text, MarkdownText.Escape(conclusion.Summary));
        Line(text);
        if (conclusion.Narrative is { } narrative)
        {
            Line(text, MarkdownText.Sanitise(narrative));
            Line(text);
        }

        Line(text, "## Hypotheses");
        Line(text);
        if (conclusion.Hypotheses.Count == 0)
        {
            Line(text, "None.");
            Line(text);
        }

        foreach (var (hypothesis, i) in conclusion.Hypotheses.Select((h, i) => (h, i)))
        {
            Line(
                text,
                $"### {i + 1}. {MarkdownText.Escape(hypothesis.Cause)}: {MarkdownText.Escape(hypothesis.Component)} ({Numbers.Write(hypothesis.Confidence, "ratio")})");
            Line(text);
            Line(
                text,
                MarkdownText.Escape(hypothesis.Statement) + (hypothesis.ProposedBy == "rules" ? "" : $" (proposed by {MarkdownText.Escape(hypothesis.ProposedBy)})"));
            Line(text);
            Points(text, "For", hypothesis.For, numbers);
            Points(text, "Against", hypothesis.Against, numbers);
        }

        List(text, "## Next steps", conclusion.NextSteps.Select(MarkdownText.Escape));
        List(text, "## Not checked", conclusion.NotChecked.Select(q => $"{MarkdownText.Escape(q.Question)}: {MarkdownText.Escape(q.Why)}"));
    }

    private static void Points(StringBuilder text, string title, IReadOnlyList<EvidencePoint> points, Dictionary<string, int> numbers)
    {
        if (points.Count > 0)
        {
            List(
                text,
                $"{title}:",
                points.Select(
                    p => $"{MarkdownText.Escape(p.Statement)}{(numbers.TryGetValue(p.EvidenceId, out var number) ? string.Create(CultureInfo.InvariantCulture, $" (evidence {number})") : "")}"));
        }
    }

    private static void Answers(StringBuilder text, IReadOnlyList<Evidence> evidence)
    {
        Line(text, "## Evidence");
        Line(text);
        foreach (var (answer, i) in evidence.Select((e, i) => (e, i)))
        {
            Line(text, $"{i + 1}. {MarkdownText.Escape(answer.Summary)}");
            if (answer.Status == ToolStatus.Error || answer.Message is not null)
            {
                Line(text, $"   - {(answer.Status == ToolStatus.Error ? "Gap: " : "")}{MarkdownText.Escape(answer.Message ?? "no reason was given")}");
            }

            Line(text, $"   - {MarkdownText.Code(answer.Invocation)} {MarkdownText.Link("open", answer.Link)}".TrimEnd());
            foreach (var item in answer.Items.Where(item => item.Kind != "metric").Take(8))
            {
                Line(text, $"   - {MarkdownText.Escape(item.Kind)}{(item.At is { } at ? $" at {Numbers.Date(at)}" : "")}: {MarkdownText.Escape(item.Text)}");
            }
        }
    }

    private static void List(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
        {
            return;
        }

        Line(text, title);
        Line(text);
        all.ForEach(l => Line(text, $"- {l}"));
        Line(text);
    }

    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
