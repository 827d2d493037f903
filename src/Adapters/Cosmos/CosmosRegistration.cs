using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Governance.Outbound;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

public static class CosmosRegistration
{
    /// <summary>Whether the settings name a Cosmos DB account.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static bool IsConfigured(IConfiguration configuration) => CosmosStoreOptions.Read(configuration) is not null;

    /// <summary>
    /// Makes Cosmos DB the store behind every <see cref="IDocuments{T}"/>: COSMOS_ENDPOINT with COSMOS_KEY or the process's identity, or
    /// COSMOS_CONNECTION_STRING; further COSMOS_DATABASE, COSMOS_CONTAINER, COSMOS_CREATE and COSMOS_TIMEOUT_SECONDS.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong, or none names an account.</exception>
    public static IServiceCollection AddCosmosStore(this IServiceCollection services, IConfiguration configuration)
    {
        var options = CosmosStoreOptions.Read(configuration) ?? throw SourceOptions.Wrong("COSMOS_ENDPOINT", "is missing");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSourceHttpClient(
            configuration, CosmosConnection.ClientName, OutboundTrust.Operator(options.Endpoint), new OutboundLimits { MaxDuration = options.Timeout });
        services.AddSingleton(options);
        services.AddSingleton<CosmosConnection>();
        services.AddSingleton<CosmosStore>();
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<CosmosStore>());
        services.AddSingleton<IStoreMaintenance>(provider => provider.GetRequiredService<CosmosStore>());
        return services;
    }
}
