using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Queries;
using Nightwatch.Domain.Queries.Cardinality;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Tools.Alerting;
using Nightwatch.Domain.Tools.Changes;
using Nightwatch.Domain.Tools.Dashboards;
using Nightwatch.Domain.Tools.History;
using Nightwatch.Domain.Tools.Logs;
using Nightwatch.Domain.Tools.Metrics;
using Nightwatch.Domain.Tools.Sources;

namespace Nightwatch.Domain.Tools;

public static class ToolsExtensions
{
    /// <summary>
    /// <see cref="IToolCatalog"/> with every tool of ours and every further <see cref="ITool"/> that is registered. Sources (metrics, alerts, logs,
    /// changes) and the stores of episodes, incidents and investigations come from elsewhere, in any order.
    /// </summary>
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(MaskingPolicy.Default);
        services.TryAddSingleton<IMasker, TextMasker>();
        services.TryAddSingleton(QueryLimits.Default);
        services.TryAddSingleton(new QueryPolicy());
        services.TryAddSingleton(s => new QueryPolicies(s.GetRequiredService<QueryPolicy>()));
        services.TryAddSingleton<EstimateQuery>();
        services.TryAddSingleton<IQueryGuard, ParsedQueryGuard>();
        services.AddConfiguredSources();
        services.AddSingleton<ITool, QueryMetricsTool>();
        services.AddSingleton<ITool, QueryMetricsRangeTool>();
        services.AddSingleton<ITool, ListMetricsTool>();
        services.AddSingleton<ITool, GetAlertRuleTool>();
        services.AddSingleton<ITool, ListAlertsTool>();
        services.AddSingleton<ITool, GetSilencesTool>();
        services.AddSingleton<ITool, GetAlertHistoryTool>();
        services.AddSingleton<ITool, FindSimilarIncidentsTool>();
        services.AddSingleton<ITool, FindChangesTool>();
        services.AddSingleton<ITool, QueryLogsTool>();
        services.AddSingleton<ITool, QueryLogMetricsTool>();
        services.AddSingleton<ITool, ListDashboardsTool>();
        services.AddSingleton<ITool, GetDashboardTool>();
        services.AddSingleton<ITool, QuerySourceTool>();
        services.AddSingleton<IToolCatalog, ToolCatalog>();
        services.AddSingleton<AskTool>();
        services.AddSingleton<AskDirectly>();
        return services;
    }
}
