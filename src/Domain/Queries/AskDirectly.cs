using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Tools;
using Nightwatch.Domain.Tools.Logs;

namespace Nightwatch.Domain.Queries;

/// <summary>PromQL at one time (now when nothing is said), or from start to end.</summary>
public sealed record PrometheusQuestion
{
    public string? Query { get; init; }

    /// <summary>Name of the datasource; the first one when left out.</summary>
    public string? Datasource { get; init; }

    public DateTimeOffset? Time { get; init; }

    public DateTimeOffset? Start { get; init; }

    /// <summary>Now when left out.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Seconds; chosen for at most 300 points when left out.</summary>
    public int? Step { get; init; }
}

/// <summary>LogQL that gives lines, or numbers from start to end; without a start numbers at the end.</summary>
public sealed record LokiQuestion
{
    public string? Query { get; init; }

    public string? Datasource { get; init; }

    public DateTimeOffset? Start { get; init; }

    /// <summary>Now when left out.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>200 when left out.</summary>
    public int? Limit { get; init; }

    /// <summary>Backward (newest first) when left out.</summary>
    public LogDirection? Direction { get; init; }

    /// <summary>Seconds; for a query that gives numbers. Chosen for at most 300 points when left out.</summary>
    public int? Step { get; init; }
}

/// <summary>A person's own query, run as the tool that the agent would use.</summary>
public sealed class AskDirectly(AskTool ask, QueryLimits limits, TimeProvider time)
{
    /// <summary>Arguments of the tools by their names in a question.</summary>
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal) { ["source"] = "datasource", ["step_seconds"] = "step" };

    public Task<DirectAnswer> PrometheusAsync(Caller caller, PrometheusQuestion question, CancellationToken cancellationToken)
    {
        if (Text(question.Query) is { } wrong)
        {
            return Task.FromResult(wrong);
        }

        if (question is { Start: null, End: null, Step: null })
        {
            return ask.AskAsync("query_metrics", caller, new { question.Query, question.Time, Source = question.Datasource }, Fields, "query", cancellationToken);
        }

        return question.Time is not null ? Task.FromResult(Refused("time", "time cannot be given together with start, end or step."))
            : question.Start is not { } start ? Task.FromResult(Refused("start", "start is missing."))
            : question.Step is < 1 or > 86_400 ? Task.FromResult(Refused("step", "step must be 1 to 86400 seconds."))
            : ask.AskAsync(
                "query_metrics_range",
                caller,
                new { question.Query, Start = start, End = question.End ?? time.GetUtcNow(), StepSeconds = question.Step, Source = question.Datasource },
                Fields,
                "query",
                cancellationToken);
    }

    public Task<DirectAnswer> LokiAsync(Caller caller, LokiQuestion question, CancellationToken cancellationToken) =>
        Text(question.Query) is { } wrong ? Task.FromResult(wrong)
        : question is { Start: null, Step: null } && LogQlParser.TryParse(question.Query!, out var expression, out _) && expression is LogQlMetric
            ? ask.AskAsync("query_log_metrics", caller, new { question.Query, Time = question.End, Source = question.Datasource }, Fields, "query", cancellationToken)
        : question.Start is not { } start ? Task.FromResult(Refused("start", "start is missing."))
        : question.Limit is < 1 || question.Limit > limits.MaxResults
            ? Task.FromResult(Refused("limit", $"limit must be 1 to {limits.MaxResults} ({QueryLimits.MaxResultsKey})."))
        : question.Step is < 1 or > 86_400 ? Task.FromResult(Refused("step", "step must be 1 to 86400 seconds."))
        : ask.AskAsync(
            "query_logs",
            caller,
            new { question.Query, Start = start, End = question.End ?? time.GetUtcNow(), question.Limit, question.Direction, StepSeconds = question.Step, Source = question.Datasource },
            Fields,
            "query",
            cancellationToken);

    private static DirectAnswer? Text(string? query) => string.IsNullOrWhiteSpace(query) ? Refused("query", "query is missing.")
        : query.Length > 8192 ? Refused("query", "query must have at most 8192 characters.")
        : null;

    private static DirectAnswer Refused(string field, string problem) =>
        new() { Status = ToolStatus.Error, Query = "", Fault = new ToolFault(ToolFaultKind.Argument, field), Problem = problem };
}
