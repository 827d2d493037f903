using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Something that Loki refuses when it runs a query, though its parser takes it.</summary>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Span">The stage, in the text that the query was read from.</param>
public sealed record LogQlProblem(string Message, SourceSpan Span);

/// <summary>
/// Finds what Loki's parser lets pass and its engine refuses: line filters with a wrong regular expression, pattern or address, wrong templates, JSON paths and
/// logfmt keys, and labels that are formatted twice.
/// </summary>
public sealed class LogQlStageChecks : LogQlVisitor
{
    private readonly List<LogQlProblem> problems = [];

    /// <summary>All problems, in the order of the query; empty when Loki would run it.</summary>
    public static IReadOnlyList<LogQlProblem> Check(LogQlExpression expression)
    {
        var checks = new LogQlStageChecks();
        checks.Visit(expression);
        return checks.problems;
    }

    protected override void VisitStage(LogQlStage stage)
    {
        switch (stage)
        {
            case LineFilterStage filter:
                Check(filter);
                break;
            case LineFormatStage format:
                Report(GoTemplate.ProblemOf(format.Template) is { } wrong ? $"the template of line_format is wrong: {wrong}" : null, stage.Span);
                break;
            case LabelFormatStage format:
                Check(format);
                break;
            case JsonStage json:
                foreach (var extraction in json.Extractions)
                {
                    Report(LogQlPath.ProblemOfJson(extraction.Expression), extraction.Span);
                }

                break;
            case LogfmtStage logfmt:
                foreach (var extraction in logfmt.Extractions)
                {
                    Report(LogQlPath.ProblemOfLogfmt(extraction.Expression), extraction.Span);
                }

                break;
            default:
                break;
        }

        base.VisitStage(stage);
    }

    protected override void VisitLabelFilter(LabelFilter filter)
    {
        if (filter is LabelIpFilter ip)
        {
            Report(LogQlIp.ProblemOf(ip.Range), ip.Span);
        }

        base.VisitLabelFilter(filter);
    }

    private void Check(LineFilterStage filter)
    {
        foreach (var text in filter.Texts)
        {
            if (text.IsIp)
            {
                var allowed = filter.Match is LineMatch.Contains or LineMatch.NotContains;
                Report(allowed ? LogQlIp.ProblemOf(text.Text) : "ip(...) stands only behind |= and !=", text.Span);
            }
            else if (filter.Match is LineMatch.Regex or LineMatch.NotRegex)
            {
                Report(Re2Syntax.TryParse(text.Text, out _, out var problem, out _) ? null : $"the regular expression is wrong: {problem}", text.Span);
            }
            else if (filter.Match is LineMatch.Pattern or LineMatch.NotPattern)
            {
                Report(LogQlPattern.ProblemOfFilter(text.Text), text.Span);
            }
        }
    }

    private void Check(LabelFormatStage stage)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var format in stage.Formats)
        {
            Report(format.Label == "__error__" ? "__error__ cannot be formatted" : null, format.Span);
            Report(seen.Add(format.Label) ? null : $"label_format sets {format.Label} twice", format.Span);
            if (!format.IsRename && GoTemplate.ProblemOf(format.Value) is { } wrong)
            {
                Report($"the template of the label {format.Label} is wrong: {wrong}", format.Span);
            }
        }
    }

    private void Report(string? message, SourceSpan span)
    {
        if (message is not null)
        {
            problems.Add(new LogQlProblem(message, span));
        }
    }
}
