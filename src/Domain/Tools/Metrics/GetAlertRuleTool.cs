using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools.Metrics;

public sealed record GetAlertRuleArguments
{
    [Description("The alertname label.")]
    [Length(1, 512)]
    public required string Alertname { get; init; }

    [Description("Name of the metric source; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>get_alert_rule: the expression behind an alert.</summary>
internal sealed class GetAlertRuleTool(IDatasources sources, TimeProvider time) : Tool<GetAlertRuleArguments>(
    "get_alert_rule",
    "Finds the alerting rules with a name. Data: {rules: [{name, expression, for_seconds, group, labels}]}.",
    Permission.ReadAlerts,
    ToolEffects.Reads)
{
    private const string Invocation = "GET /api/v1/rules?type=alert";

    protected override async Task<ToolResult> RunAsync(Caller caller, GetAlertRuleArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForQueryAsync<IMetricSource>(
            caller, Permission.ReadAlerts, arguments.Source, "metrics", "PROMETHEUS_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return failure! with { Invocation = Invocation };
        }

        return await AskAsync(Invocation, null, async () =>
        {
            var all = await source.ListAlertingRulesAsync(cancellationToken).ConfigureAwait(false);
            var mark = CacheMark.Of(all);
            var rules = all.Where(r => r.Name == arguments.Alertname).ToList();
            if (rules.Count == 0)
            {
                return Outcome.NoData(Outcome.Notes($"{source.Name} has no alerting rule with that name.", mark)!);
            }

            var now = time.GetUtcNow();
            return Outcome.Success(new RulesData([.. rules.Select(Rule.Of)]), mark) with
            {
                Link = source.LinkTo(
                rules[0].Expression, new TimeWindow(now.AddHours(-1), now)).AbsoluteUri
            };
        }).ConfigureAwait(false);
    }

    private sealed record RulesData(IReadOnlyList<Rule> Rules);

    private sealed record Rule(string Name, string Expression, double ForSeconds, string Group, IReadOnlyDictionary<string, string> Labels)
    {
        public static Rule Of(AlertingRule rule) => new(rule.Name, rule.Expression, rule.Duration.TotalSeconds, rule.Group, rule.Labels);
    }
}
