using System.Text;
using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>The whole answer as text: what each query gave, with the query.</summary>
internal static class AnswerText
{
    public static string Of(IReadOnlyList<AnsweredQuery> queries, IReadOnlyList<Choice> choices, string? remark, IReadOnlyList<string> warnings, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        foreach (var query in queries)
        {
            text.Append(Capital(query.Purpose)).Append(" (").Append(When(query, zone)).Append("): ")
                .Append((query.Summary ?? "not run").TrimEnd('.')).Append(". [").Append(query.Query).AppendLine("]");
        }

        if (remark is not null)
        {
            text.AppendLine(remark);
        }

        foreach (var warning in warnings)
        {
            text.Append("Note: ").Append(warning).AppendLine(warning.EndsWith('.') ? "" : ".");
        }

        if (choices.Count > 0)
        {
            text.Append("Did you mean: ").Append(string.Join(" / ", choices.Select(c => c.Label))).AppendLine("?");
        }

        return text.ToString().TrimEnd();
    }

    private static string When(AnsweredQuery query, TimeZoneInfo zone) => query.Start == query.End
        ? $"at {ResultSummary.Time(query.End, zone)}"
        : $"{ResultSummary.Time(query.Start, zone)} to {ResultSummary.Time(query.End, zone)}";

    // The name of a metric stays as it is.
    private static string Capital(string text) => text.Length == 0 ? "Result" : text.Split(' ')[0].Contains('_', StringComparison.Ordinal) ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
