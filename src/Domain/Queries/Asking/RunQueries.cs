using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking;

/// <summary>Runs the queries of a translation as the caller, through the tools: permission, scope, guard, limits, masking and audit are theirs.</summary>
public sealed class RunQueries(IToolCatalog tools, QueryLimits limits, TimeProvider time)
{
    /// <summary>Queries of one question that run at the same time.</summary>
    public const int Parallel = 4;

    /// <summary>For all queries of a question together, in timeouts of one.</summary>
    private const int Patience = 2;

    private static readonly JsonSerializerOptions WithoutNulls = new(ToolJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>In the order of the queries; one that fails says so and the others go on.</summary>
    public async Task<IReadOnlyList<AnsweredQuery>> RunAsync(
        Caller caller, IReadOnlyList<ProposedQuery> queries, QuerySources sources, string madeBy, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(limits.Timeout * Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var places = new SemaphoreSlim(Parallel);
        return await Task.WhenAll(queries.Select(RunOneAsync)).ConfigureAwait(false);

        async Task<AnsweredQuery> RunOneAsync(ProposedQuery query)
        {
            try
            {
                await places.WaitAsync(linked.Token).ConfigureAwait(false);
                try
                {
                    var result = await tools.InvokeAsync(RequestOf(caller, query, sources, madeBy), linked.Token).ConfigureAwait(false);
                    return Answered(NotRun(query, madeBy, sources), result, zone);
                }
                finally
                {
                    places.Release();
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return Failed(NotRun(query, madeBy, sources), $"not asked: all queries of a question together have {(limits.Timeout * Patience).TotalSeconds:0} s");
            }
        }
    }

    /// <summary>The query as it would be run.</summary>
    public static AnsweredQuery NotRun(ProposedQuery query, string madeBy, QuerySources sources) => new()
    {
        Language = query.Language,
        Query = query.Text,
        Start = query.Window.Start,
        End = query.Window.End,
        Step = query.Step is { } step ? Math.Max(1, (int)step.TotalSeconds) : null,
        Limit = query.Limit,
        Purpose = query.Purpose,
        Unit = query.Unit,
        Confidence = Math.Round(Math.Clamp(query.Confidence, 0, 1), 2),
        Why = query.Why,
        MadeBy = madeBy,
        Source = query.Language == ProposedQuery.PromQl ? sources.Metrics : sources.Logs,
        Status = AnsweredStatus.NotRun,
    };

    private static AnsweredQuery Answered(AnsweredQuery query, ToolResult result, TimeZoneInfo zone) => result.Status switch
    {
        ToolStatus.Success when result.Data is { } data => query with
        {
            Status = AnsweredStatus.Success,
            // As it ran: policy may have put labels into it.
            Query = result.Invocation,
            Source = result.Source ?? query.Source,
            Link = result.Link,
            Data = data,
            Warnings = result.Message is { } message ? [message] : [],
            Summary = ResultSummary.Of(data, query.Unit, zone),
        },
        ToolStatus.NoData => query with
        {
            Status = AnsweredStatus.NoData,
            Source = result.Source ?? query.Source,
            Link = result.Link,
            Warnings = result.Message is { } message ? [message] : [],
            Summary = "no data",
        },
        _ => Failed(query with { Source = result.Source ?? query.Source, Link = result.Link }, result.Message ?? "it failed"),
    };

    private static AnsweredQuery Failed(AnsweredQuery query, string why) => query with { Status = AnsweredStatus.Error, Warnings = [why], Summary = $"not answered: {why}" };

    private ToolRequest RequestOf(Caller caller, ProposedQuery query, QuerySources sources, string madeBy)
    {
        var (name, arguments) = ArgumentsOf(query, sources);
        return new ToolRequest
        {
            Name = name,
            Arguments = JsonSerializer.Serialize(arguments, WithoutNulls),
            Caller = caller,
            DecidedBy = madeBy == QuestionMaker.Rules ? ToolDecision.Rules : ToolDecision.Model,
            Timeout = limits.Timeout,
        };
    }

    private (string Tool, Arguments Arguments) ArgumentsOf(ProposedQuery query, QuerySources sources)
    {
        var step = query.Step is { } of ? Math.Max(1, (int)of.TotalSeconds) : (int?)null;
        if (query.Language == ProposedQuery.PromQl)
        {
            return step is null
                ? ("query_metrics", new Arguments(query.Text, sources.Metrics) { Time = query.Window.End })
                : ("query_metrics_range", new Arguments(query.Text, sources.Metrics) { Start = query.Window.Start, End = query.Window.End, StepSeconds = step });
        }

        if (LogQlParser.TryParse(query.Text, out var expression, out _) && expression is LogQlMetric)
        {
            return step is null
                ? ("query_log_metrics", new Arguments(query.Text, sources.Logs) { Time = query.Window.End })
                : ("query_logs", new Arguments(query.Text, sources.Logs) { Start = query.Window.Start, End = query.Window.End, StepSeconds = step });
        }

        return ("query_logs", new Arguments(query.Text, sources.Logs)
        {
            Start = query.Window.Start,
            End = query.Window.End,
            Limit = Math.Clamp(query.Limit ?? 100, 1, limits.MaxResults),
        });
    }

    private sealed record Arguments(string Query, string? Source)
    {
        public DateTimeOffset? Time { get; init; }

        public DateTimeOffset? Start { get; init; }

        public DateTimeOffset? End { get; init; }

        public int? StepSeconds { get; init; }

        public int? Limit { get; init; }
    }
}

/// <summary>Names of the sources that a question is asked of; null for the default one, whichever it is.</summary>
public sealed record QuerySources(string? Metrics, string? Logs);

/// <summary>Names of those who translate.</summary>
public static class QuestionMaker
{
    public const string Rules = "rules";

    public static string Model(string name) => $"model {name}";
}
