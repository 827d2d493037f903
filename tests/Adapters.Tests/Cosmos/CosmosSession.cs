using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Cosmos;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Tests.Cosmos;

/// <summary>The adapter as the product registers it, against an account that settings name. Each is a process of its own to the account.</summary>
internal sealed class CosmosSession : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public CosmosSession(Uri endpoint, string key, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?> { ["COSMOS_ENDPOINT"] = endpoint.AbsoluteUri, ["COSMOS_KEY"] = key, ["COSMOS_CREATE"] = "true" };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Log)
            .AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(Log)
            .AddSingleton(time)
            .AddCosmosStore(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .BuildServiceProvider();
    }

    public LogLines Log { get; } = new();

    public IStoreMaintenance Store => services.GetRequiredService<IStoreMaintenance>();

    public IDocuments<T> Documents<T>(DocumentType<T> type)
        where T : class => services.GetRequiredService<IDocumentStore>().Open(type);

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
