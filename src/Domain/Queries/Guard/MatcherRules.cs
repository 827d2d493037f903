using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.Guard;

/// <summary>What the policy says of the matchers of one selector, in either language.</summary>
internal static class MatcherRules
{
    /// <summary>Costs and breadth of the regular expressions.</summary>
    internal static void CheckPatterns(SyntaxList<MatcherSyntax> matchers, QueryPolicy policy, List<GuardFinding> findings)
    {
        foreach (var matcher in matchers.AsSpan())
        {
            if (!matcher.IsRegex)
            {
                continue;
            }

            CheckPattern(matcher.Value, matcher.Span, policy, findings);
            if (matcher.Operator == MatchOperator.RegexMatch && policy.LargeLabels.Contains(matcher.Label) && !IsSelective(matcher))
            {
                findings.Add(new GuardFinding(
                    GuardCodes.LargeLabel, $"the label '{matcher.Label}' has very many values; the regular expression on it needs given texts or at least three given characters", matcher.Span));
            }
        }
    }

    internal static void CheckPattern(string pattern, SourceSpan span, QueryPolicy policy, List<GuardFinding> findings)
    {
        if (!Re2Syntax.TryParse(pattern, out var syntax, out var problem, out _))
        {
            findings.Add(new GuardFinding(GuardCodes.RegexCost, problem, span));
        }
        else if (syntax!.Cost > policy.MaxRegexCost)
        {
            findings.Add(new GuardFinding(GuardCodes.RegexCost, $"the regular expression costs {syntax.Cost}; at most {policy.MaxRegexCost} is allowed", span));
        }
    }

    /// <summary>Whether the matcher names what it selects; a negation never does.</summary>
    internal static bool IsSelective(MatcherSyntax matcher) => matcher.Operator switch
    {
        MatchOperator.Equal => matcher.Value.Length > 0,
        MatchOperator.RegexMatch => Re2Syntax.TryParse(matcher.Value, out var syntax, out _, out _) && syntax!.IsSelective,
        _ => false,
    };

    /// <summary>
    /// The matchers with those that the policy forces. Matchers are all to be satisfied, so that adding one can only narrow; one that allows none of the values is a finding.
    /// </summary>
    internal static SyntaxList<MatcherSyntax> Forced(SyntaxList<MatcherSyntax> matchers, SourceSpan span, QueryPolicy policy, List<GuardFinding> findings)
    {
        if (policy.ForcedLabels.Count == 0)
        {
            return matchers;
        }

        var all = new List<MatcherSyntax>(matchers);
        foreach (var (label, values) in policy.ForcedLabels.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var allowed = values.Select(GoString.WellFormed).Distinct(StringComparer.Ordinal).ToList();
            if (allowed.Count == 0)
            {
                findings.Add(new GuardFinding(GuardCodes.ForcedLabel, $"no value of the label '{label}' may be read", span));
                continue;
            }

            var isFixed = false;
            foreach (var matcher in matchers.AsSpan())
            {
                if (matcher.Label == label)
                {
                    isFixed |= matcher.Operator == MatchOperator.Equal && allowed.Contains(matcher.Value);
                    Conflict(matcher, allowed, findings);
                }
            }

            if (!isFixed)
            {
                all.Add(
                    allowed is [var only]
                        ? new MatcherSyntax(label, MatchOperator.Equal, only)
                        : new MatcherSyntax(label, MatchOperator.RegexMatch, string.Join('|', allowed.Select(Re2Syntax.Escape))));
            }
        }

        return [.. all];
    }

    private static void Conflict(MatcherSyntax matcher, List<string> allowed, List<GuardFinding> findings)
    {
        var text = matcher.IsRegex ? Re2Syntax.TryParse(matcher.Value, out var syntax, out _, out _) ? syntax!.Literal : null : matcher.Value;
        var isPositive = matcher.Operator is MatchOperator.Equal or MatchOperator.RegexMatch;
        if (text is not null && (isPositive ? !allowed.Contains(text) : allowed.All(a => a == text)))
        {
            findings.Add(new GuardFinding(GuardCodes.ForcedLabel, $"the label '{matcher.Label}' may only be {string.Join(" or ", allowed.Select(GoString.Quote))} here", matcher.Span));
        }
    }
}
