using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations;

public static class InvestigationsExtensions
{
    /// <summary>
    /// Every use case of investigations. The stores, the tool catalogue and, where there is one, a chat model come from elsewhere, in any order.
    /// </summary>
    public static IServiceCollection AddInvestigations(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClaimInvestigation>();
        services.AddSingleton<PlanInvestigation>();
        services.AddSingleton<GatherEvidence>();
        services.AddSingleton<NarrativeWriter>();
        services.AddSingleton<ConcludeInvestigation>();
        services.AddSingleton<CloseInvestigation>();
        services.AddSingleton<InvestigationAccess>();
        services.AddSingleton<ReadInvestigation>();
        services.AddSingleton<ListProgress>();
        services.AddSingleton<FindStalledInvestigations>();
        return services;
    }
}
