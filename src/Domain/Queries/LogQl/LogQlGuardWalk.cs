using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.LogQl;

/// <summary>Everything of the policy but the forced matchers, in one walk.</summary>
internal sealed class LogQlGuardWalk(QueryPolicy policy, QueryRange? range, List<GuardFinding> findings) : LogQlVisitor
{
    private int depth;
    private bool isAggregated;

    /// <summary>The rest of a query that nests too deep is not looked at.</summary>
    internal bool IsTooDeep { get; private set; }

    public override void Visit(LogQlExpression expression)
    {
        if (++depth > policy.MaxNesting)
        {
            if (!IsTooDeep)
            {
                Find(GuardCodes.TooDeep, $"the query nests deeper than {policy.MaxNesting} levels", expression.Span);
            }

            IsTooDeep = true;
        }
        else
        {
            base.Visit(expression);
        }

        depth--;
    }

    protected override void VisitSelector(StreamSelector selector)
    {
        MatcherRules.CheckPatterns(selector.Matchers, policy, findings);
        foreach (var matcher in selector.Matchers.AsSpan())
        {
            // A forced label alone mostly bounds nothing: a tenant's every stream is still everything that the asker can see.
            if ((policy.ForcedLabelsBound || !policy.ForcedLabels.ContainsKey(matcher.Label)) && MatcherRules.IsSelective(matcher))
            {
                return;
            }
        }

        Find(GuardCodes.Unbounded, "the selector names no label's value, so that it reads very many streams; add one, as in app=\"shop\"", selector.Span);
    }

    protected override void VisitRange(RangeAggregation aggregation)
    {
        Permitted(LogQlWords.NameOf(aggregation.Function), aggregation.Span);
        Grouped(aggregation.Grouping);
        if (aggregation.Range.RangeMilliseconds > policy.MaxWindow.TotalMilliseconds || aggregation.Range.RangeMilliseconds <= 0)
        {
            Find(GuardCodes.WindowTooLong, $"the range is not between 1ms and {QueryDuration.Format(policy.MaxWindow)}", aggregation.Range.Span);
        }

        var (window, offset) = ((double)aggregation.Range.RangeMilliseconds, Math.Abs(aggregation.Range.OffsetNanoseconds / 1e6));
        if (offset != 0 && window + offset + (range?.Length.TotalMilliseconds ?? 0) > policy.MaxReach.TotalMilliseconds)
        {
            Find(GuardCodes.ReachTooFar, $"with its offset and range the query reaches further than {QueryDuration.Format(policy.MaxReach)}", aggregation.Range.Span);
        }

        base.VisitRange(aggregation);
    }

    protected override void VisitVector(VectorAggregation aggregation)
    {
        Permitted(LogQlWords.NameOf(aggregation.Function), aggregation.Span);
        Grouped(aggregation.Grouping);
        var around = isAggregated;
        isAggregated = true;
        base.VisitVector(aggregation);
        isAggregated = around;
    }

    protected override void VisitLabelReplace(LogLabelReplace replace)
    {
        Permitted("label_replace", replace.Span);
        NotForced(replace.Destination, "label_replace", replace.Span);
        MatcherRules.CheckPattern(replace.Pattern, replace.Span, policy, findings);
        base.VisitLabelReplace(replace);
    }

    protected override void VisitStage(LogQlStage stage)
    {
        if (StageName(stage) is { } name)
        {
            PermittedStage(name, stage.Span);
        }

        switch (stage)
        {
            case LineFilterStage { Match: LineMatch.Regex or LineMatch.NotRegex } filter:
                foreach (var text in filter.Texts)
                {
                    Costs(text.Text, text.Span);
                }

                break;
            case RegexpStage regexp:
                Costs(regexp.Pattern, regexp.Span);
                break;
            case LabelFormatStage format:
                foreach (var one in format.Formats)
                {
                    NotForced(one.Label, "label_format", one.Span);
                }

                break;
            case DropStage { Labels: var labels }:
                Choices(labels);
                break;
            case KeepStage { Labels: var labels }:
                Choices(labels);
                break;
            default:
                break;
        }

        base.VisitStage(stage);
    }

    protected override void VisitLabelFilter(LabelFilter filter)
    {
        if (filter is LabelTextFilter { Matcher: { IsRegex: true } matcher })
        {
            MatcherRules.CheckPattern(matcher.Value, matcher.Span, policy, findings);
        }

        base.VisitLabelFilter(filter);
    }

    private static string? StageName(LogQlStage stage) => stage switch
    {
        JsonStage => "json",
        LogfmtStage => "logfmt",
        PatternStage => "pattern",
        RegexpStage => "regexp",
        UnpackStage => "unpack",
        LineFormatStage => "line_format",
        LabelFormatStage => "label_format",
        DecolorizeStage => "decolorize",
        DropStage => "drop",
        KeepStage => "keep",
        _ => null,
    };

    private void Choices(SyntaxList<LabelChoice> labels)
    {
        foreach (var choice in labels)
        {
            if (choice.Matcher is { IsRegex: true } matcher)
            {
                MatcherRules.CheckPattern(matcher.Value, matcher.Span, policy, findings);
            }
        }
    }

    /// <summary>The costs of a line's expression, when it is one; what is none is found by <see cref="LogQlStageChecks"/>.</summary>
    private void Costs(string pattern, SourceSpan span)
    {
        if (Re2Syntax.TryParse(pattern, out _, out _, out _))
        {
            MatcherRules.CheckPattern(pattern, span, policy, findings);
        }
    }

    private void Grouped(LogGrouping? grouping)
    {
        if (grouping is { Without: false } && !isAggregated && grouping.Labels.FirstOrDefault(policy.LargeLabels.Contains) is { } large)
        {
            Find(GuardCodes.LargeLabel, $"the label '{large}' has very many values; no result may be grouped by it; topk(10, ...) keeps the largest", grouping.Span);
        }
    }

    private void NotForced(string label, string by, SourceSpan span)
    {
        if (policy.ForcedLabels.ContainsKey(label))
        {
            Find(GuardCodes.ForcedLabel, $"{by} may not write the label '{label}': results would seem to be of someone else", span);
        }
    }

    private void Permitted(string function, SourceSpan span)
    {
        if (!policy.Permits(function))
        {
            Find(GuardCodes.Function, $"the function {function} is not allowed here", span);
        }
    }

    /// <summary>A list of allowed functions that names no stage is about functions; one that names a stage is about both.</summary>
    private void PermittedStage(string stage, SourceSpan span)
    {
        var allowed = policy.AllowedFunctions is not { } list || list.Contains(stage) || !list.Any(LogQlWords.IsStage);
        if (!allowed || policy.DeniedFunctions.Contains(stage))
        {
            Find(GuardCodes.Function, $"the stage {stage} is not allowed here", span);
        }
    }

    private void Find(string code, string message, SourceSpan span) => findings.Add(new GuardFinding(code, message, span));
}
