using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>What is said where there is no query, and what was taken for granted where there is one.</summary>
internal static class Remarks
{
    public static string? WithoutQuery(Understanding understanding) => understanding.Intent switch
    {
        QuestionIntent.SmallTalk => "Hello. Ask about metrics, logs, alerts or the health of a service, such as: is payment healthy right now?",
        QuestionIntent.OutOfScope => "This is outside what can be answered here: questions about metrics, logs, alerts, health, capacity and service levels can.",
        QuestionIntent.HowTo => "This asks how something is done, not for data: the knowledge base answers it.",
        QuestionIntent.Dashboards => "This asks for a dashboard: the dashboard search answers it.",
        _ => null,
    };

    public static string NothingFits(Understanding understanding) => understanding.Entities.FirstOrDefault(e => !e.Known) is { } unknown
        ? $"No source knows '{Short(unknown.Text)}', or none measures this for it."
        : understanding.Entities.Count > 0 ? $"No metric that the source exposes measures this for {Short(understanding.Entities[0].Text)}." : "No metric or log that the sources expose answers this.";

    public static string? Assumed(Understanding understanding, TranslationContext context)
    {
        var said = new List<string>();
        if (understanding.Corrections.Count > 0)
        {
            said.Add($"Read as: {string.Join(", ", understanding.Corrections)}.");
        }

        said.AddRange(understanding.Entities.Where(e => e.Corrected && e.Text != e.Value).Select(e => $"'{Short(e.Text)}' was taken for {e.Value}."));
        if (understanding.Time is { Meaning: TimeMeaning.Unknown } time)
        {
            said.Add($"When '{Short(time.Text)}' was is not known; the last hour was taken.");
        }

        if (understanding.Intent == QuestionIntent.ServiceLevel && context.Names.All(n => n.AvailabilityTarget is null))
        {
            said.Add($"No objective is set; {context.DefaultObjective:0.###%} was taken.");
        }

        if (understanding.Intent == QuestionIntent.Impact && understanding.Measures.Contains("user"))
        {
            said.Add("Metrics count requests, not people: failed requests stand for the users who saw them.");
        }

        return said.Count == 0 ? null : string.Join(' ', said);
    }

    private static string Short(string text) => CleanText.Cut(text, 61);
}
