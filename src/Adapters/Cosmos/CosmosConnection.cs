using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>The one client of the process. Gateway mode: all of it is HTTPS through the guarded client, proxy and allow-list included.</summary>
internal sealed class CosmosConnection(CosmosStoreOptions options, IHttpClientFactory clients) : IDisposable
{
    public const string ClientName = "cosmos";

    private readonly Lazy<CosmosClient> client = new(() => Connect(options, clients));

    public CosmosClient Client => client.Value;

    public void Dispose()
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }
    }

    private static CosmosClient Connect(CosmosStoreOptions options, IHttpClientFactory clients)
    {
        var settings = new CosmosClientOptions
        {
            ApplicationName = "Nightwatch",
            ConnectionMode = ConnectionMode.Gateway,
            // Serverless accounts have one region, and the guard lets this one host pass.
            LimitToEndpoint = true,
            HttpClientFactory = () => clients.CreateClient(ClientName),
            // The SDK waits as x-ms-retry-after-ms says; half of the call's time is left for the rest.
            MaxRetryAttemptsOnRateLimitedRequests = 9,
            MaxRetryWaitTimeOnRateLimitedRequests = options.Timeout / 2,
            CosmosClientTelemetryOptions = new CosmosClientTelemetryOptions { DisableSendingMetricsToService = true },
        };
        var endpoint = options.Endpoint.AbsoluteUri;
        return options.Key is { } key
            ? new CosmosClient(endpoint, key, settings)
            : new CosmosClient(endpoint, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId }), settings);
    }
}
