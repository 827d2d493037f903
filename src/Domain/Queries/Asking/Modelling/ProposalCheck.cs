using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Catalogue;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <param name="Query">Null when it cannot be run.</param>
/// <param name="Errors">Why it cannot be run.</param>
/// <param name="Doubts">What may be wrong: a value that no source is known to have.</param>
internal sealed record CheckedProposal(ProposedQuery? Query, IReadOnlyList<string> Errors, IReadOnlyList<string> Doubts);

/// <summary>Holds a proposed query to everything that a query has to keep: it reads, the guard lets it through, its window is allowed, its names exist.</summary>
internal sealed class ProposalCheck(QuestionSetting setting, IQueryGuard guard, QueryLimits limits)
{
    /// <summary>Series that Prometheus makes itself, and only while an alert is active.</summary>
    private static readonly HashSet<string> Always = new(StringComparer.Ordinal) { "ALERTS", "ALERTS_FOR_STATE" };

    private readonly ModelLookups lookups = new(setting.Context);

    public CheckedProposal Check(ModelProposal proposal)
    {
        var isMetric = proposal.Language == ProposedQuery.PromQl;
        IDatasource? source = isMetric ? setting.Metrics : setting.Logs;
        var (window, problem) = proposal.Range.At(setting.Context.Now);
        if (source is null || window is null)
        {
            return new(null, [problem ?? $"there is no source for {proposal.Language} that may be asked"], []);
        }

        if (proposal.Query.Length is 0 or > 8192)
        {
            return new(null, ["the query must have 1 to 8192 characters"], []);
        }

        var (names, lines, syntax) = isMetric ? PromQl(proposal.Query) : LogQl(proposal.Query);
        if (syntax is not null)
        {
            return new(null, [$"{Quote(proposal.Query)}: {syntax}"], []);
        }

        var step = lines || proposal.StepSeconds is not > 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(proposal.StepSeconds.Value), 1, 86_400));
        var errors = new List<string>(names!.Errors);
        errors.AddRange(Window(window, step, lines));
        QueryRange? range = lines ? new QueryRange(window.Length, window.Length) : step is { } of ? new QueryRange(window.Length, of) : null;
        if (guard.Check(isMetric ? QueryLanguage.PromQl : QueryLanguage.LogQl, proposal.Query, range, source, setting.Caller).Refusal is { } refusal)
        {
            errors.Add(refusal);
        }

        return errors.Count > 0
            ? new(null, [.. errors.Select(e => $"{Quote(proposal.Query)}: {e}")], [.. names.Doubts])
            : new(Proposed(proposal, window, step, lines, names.Doubts.Count > 0), [], [.. names.Doubts.Select(d => $"{Quote(proposal.Query)}: {d}")]);
    }

    private ProposedQuery Proposed(ModelProposal proposal, TimeWindow window, TimeSpan? step, bool lines, bool doubtful) => new()
    {
        Language = proposal.Language,
        Text = proposal.Query,
        Window = window,
        Step = step,
        Limit = lines ? 100 : null,
        Purpose = ModelWords.Checked(proposal.Purpose, 160, $"{setting.Question} {proposal.Query}") ?? "proposed by the model",
        Unit = lines ? "lines" : proposal.Unit,
        Confidence = Math.Clamp(proposal.Confidence, 0, 0.9) * (doubtful ? 0.7 : 1),
        Why = doubtful ? "proposed by a model; it reads and is allowed, but names a value that no source is known to have" : "proposed by a model; it reads, is allowed, and its names exist",
    };

    private IEnumerable<string> Window(TimeWindow window, TimeSpan? step, bool lines)
    {
        if ((lines || step is not null) && limits.Window(window.Start, window.End).Error is { } error)
        {
            yield return error;
        }

        if (step is { } of && window.Length / of >= ToolLimits.MaxPoints)
        {
            yield return $"step_seconds {of.TotalSeconds} gives more than {ToolLimits.MaxPoints} points";
        }
    }

    private (Names? Names, bool Lines, string? Syntax) PromQl(string query)
    {
        if (!PromQlQuery.TryParse(query, PromQlDialect.V3, out var expression, out var error))
        {
            return (null, false, error.ToString());
        }

        var names = new Names();
        foreach (var selector in Selectors.In(expression))
        {
            Check(selector, names);
        }

        return (names, false, null);
    }

    private (Names? Names, bool Lines, string? Syntax) LogQl(string query)
    {
        if (!LogQlParser.TryParse(query, out var expression, out var error))
        {
            return (null, false, error.ToString());
        }

        var names = new Names();
        foreach (var matcher in Streams.In(expression).SelectMany(s => s.Matchers))
        {
            if (setting.Context.Logs.Labels.Any() && !setting.Context.Logs.Has(matcher.Label))
            {
                names.Errors.Add($"logs have no label {matcher.Label}; there are {string.Join(", ", setting.Context.Logs.Labels.Take(12))}");
            }
            else
            {
                CheckValue(matcher, setting.Context.Logs.Values(matcher.Label), names);
            }
        }

        return (names, expression is LogQuery, null);
    }

    private void Check(VectorSelector selector, Names names)
    {
        if (selector.Metric is not { } metric || setting.Context.Metrics.Count == 0 || Always.Contains(metric))
        {
            return;
        }

        if (setting.Context.Metrics.Find(metric) is not { } entry)
        {
            var near = lookups.Find([metric], 4).Select(e => e.Name).ToList();
            names.Errors.Add($"there is no metric {metric}{(near.Count > 0 ? $"; near it are {string.Join(", ", near)}" : "")}");
            return;
        }

        foreach (var matcher in selector.Matchers.Where(m => m.Label is not (VectorSelector.NameLabel or "le" or "quantile") && entry.HasLabels))
        {
            if (!entry.Labels.Contains(matcher.Label))
            {
                names.Errors.Add($"{metric} has no label {matcher.Label}; it has {string.Join(", ", entry.Labels.Take(12))}");
            }
            else
            {
                CheckValue(matcher, entry.Values(matcher.Label), names);
            }
        }
    }

    private static void CheckValue(MatcherSyntax matcher, IReadOnlySet<string> values, Names names)
    {
        if (matcher.Operator == MatchOperator.Equal && matcher.Value.Length > 0 && values.Count is > 0 and < MetricEntry.MaxValues && !values.Contains(matcher.Value))
        {
            names.Doubts.Add($"no {matcher.Label} is known to be {matcher.Value[..Math.Min(60, matcher.Value.Length)]}; some are {string.Join(", ", values.Take(6))}");
        }
    }

    private static string Quote(string query) => $"\"{(query.Length <= 80 ? query : query[..80] + "...")}\"";

    private sealed class Names
    {
        public List<string> Errors { get; } = [];

        public List<string> Doubts { get; } = [];
    }

    private sealed class Selectors : PromQlVisitor
    {
        private readonly List<VectorSelector> found = [];

        public static List<VectorSelector> In(PromQlExpr expression)
        {
            var visitor = new Selectors();
            visitor.Visit(expression);
            return visitor.found;
        }

        protected override void VisitSelector(VectorSelector selector) => found.Add(selector);
    }

    private sealed class Streams : LogQlVisitor
    {
        private readonly List<StreamSelector> found = [];

        public static List<StreamSelector> In(LogQlExpression expression)
        {
            var visitor = new Streams();
            visitor.Visit(expression);
            return visitor.found;
        }

        protected override void VisitSelector(StreamSelector selector) => found.Add(selector);
    }
}
