using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Tools;
using Nightwatch.Domain.Tools.Applications;

namespace Nightwatch.Domain.Queries.History;

public static class HistoryExtensions
{
    /// <summary>The tools that answer for an application's past. Needs ApplicationProfiles, the sources, limits and policy of queries, and the store of incidents.</summary>
    public static IServiceCollection AddApplicationHistory(this IServiceCollection services) => services
        .AddSingleton<FindReach>()
        .AddSingleton<HistoryTimes>()
        .AddSingleton<ITool, QueryApplicationMetricsTool>()
        .AddSingleton<ITool, QueryApplicationLogsTool>()
        .AddSingleton<ITool, GetApplicationHealthTool>()
        .AddSingleton<ITool, CountLogEventsTool>()
        .AddSingleton<ITool, AnalyzeImpactTool>();
}
