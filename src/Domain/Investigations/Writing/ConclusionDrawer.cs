using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>The conclusion by rules alone: hypotheses, what was not checked, next steps and a summary. Pure.</summary>
internal static class ConclusionDrawer
{
    public static Conclusion Draw(Investigation investigation, IReadOnlyList<Evidence> evidence)
    {
        if (investigation.Subject is not { } subject)
        {
            return new Conclusion
            {
                Summary = "The investigation could not begin: what the alert is about was never read.",
                WrittenBy = "rules",
                Hypotheses = [],
                NotChecked = [new UncheckedQuestion("Everything", "no round was planned")],
                NextSteps = ["Look at the alert by hand."],
            };
        }

        var board = SignalBoard.Read(subject, evidence);
        var hypotheses = HypothesisRanking.Rank(board);
        return new Conclusion
        {
            Summary = Summarise(subject, hypotheses, evidence),
            WrittenBy = "rules",
            Hypotheses = hypotheses,
            NotChecked = NotChecked(investigation, evidence),
            NextSteps = NextSteps.For(hypotheses, board),
        };
    }

    private static string Summarise(InvestigationSubject subject, IReadOnlyList<Hypothesis> hypotheses, IReadOnlyList<Evidence> evidence)
    {
        if (hypotheses.Count == 0)
        {
            // What our own store remembers of the alert is no look at what goes on.
            var looked = evidence.Any(e => e.Status != ToolStatus.Error && e.Tool.StartsWith("query_", StringComparison.Ordinal));
            var why = looked ? "nothing in the evidence explains the alert."
                : evidence.Any(e => e.Status == ToolStatus.Success) ? "neither metrics nor logs answered, so nothing can be said about the cause."
                : "no source answered, so nothing can be said about the cause.";
            return $"{subject.Service ?? subject.AlertName}: {why}";
        }

        var top = hypotheses[0];
        var sure = top.Confidence >= 0.7 ? "Most probably" : top.Confidence >= 0.4 ? "Probably" : "Possibly";
        return $"{sure} ({Numbers.Write(top.Confidence, "ratio")}): {top.Statement}";
    }

    private static List<UncheckedQuestion> NotChecked(Investigation investigation, IReadOnlyList<Evidence> evidence)
    {
        var byStep = evidence.ToDictionary(e => e.StepId, StringComparer.Ordinal);
        var questions = new List<UncheckedQuestion>(investigation.NotAsked);
        foreach (var step in investigation.Steps)
        {
            if (!byStep.TryGetValue(step.Id, out var answer))
            {
                questions.Add(new UncheckedQuestion(step.Title, "it was not answered in time"));
            }
            else if (answer.Status is ToolStatus.Error or ToolStatus.ApprovalRequired)
            {
                questions.Add(new UncheckedQuestion(step.Title, answer.Message ?? "the source gave no reason"));
            }
            else if (answer.Status == ToolStatus.NoData && IsExpected(step.Topic))
            {
                questions.Add(new UncheckedQuestion(step.Title, "there is no data for it: " + (answer.Message ?? "nothing matches")));
            }
        }

        return questions;
    }

    /// <summary>Where no answer leaves a question open; no change found and no other alert are answers.</summary>
    private static bool IsExpected(string topic) =>
        topic.StartsWith("alert.", StringComparison.Ordinal)
            || topic.StartsWith("golden.", StringComparison.Ordinal)
            || topic is Topics.Discovery or Topics.Scrape;
}
