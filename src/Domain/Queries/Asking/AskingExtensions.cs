using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Queries.Asking.Catalogues;
using Nightwatch.Domain.Queries.Asking.Modelling;

namespace Nightwatch.Domain.Queries.Asking;

public static class AskingExtensions
{
    /// <summary><see cref="AskQuestion"/>, on top of AddTools, AddApplications and AddIncidents; the store of understandings comes from elsewhere.</summary>
    public static IServiceCollection AddAsking(this IServiceCollection services, AskOptions options) => services
        .AddSingleton(options)
        .AddSingleton<QueryCatalogues>()
        .AddSingleton<ProfileNames>()
        .AddSingleton<IncidentTimes>()
        .AddSingleton<PrepareQuestion>()
        .AddSingleton<RunQueries>()
        .AddSingleton<ModelTranslator>()
        .AddSingleton<AskQuestion>();
}
