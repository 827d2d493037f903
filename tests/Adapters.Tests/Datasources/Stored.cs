using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Datasources;
using Nightwatch.Adapters.Grafana;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Adapters.Tests.Datasources;

/// <summary>Stored datasources made live as the product does it, with an allow-list for the loopback servers of the tests.</summary>
internal sealed class Stored : IObserveSource, IDisposable
{
    private readonly ServiceProvider services;
    private readonly List<LiveDatasource> made = [];

    public Stored(string allow, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append((Key: "NIGHTWATCH_OUTBOUND_ALLOW", Value: allow)).ToDictionary(s => s.Key, s => s.Value))
            .Build();
        services = new ServiceCollection().AddLogging().AddGrafana(configuration).AddDatasourceFactory(configuration).BuildServiceProvider();
    }

    /// <summary>What the observer was told of each request.</summary>
    public ConcurrentQueue<SourceException?> Uses { get; } = new();

    public static Datasource Settings(string type, Uri? url) => new()
    {
        Id = "s",
        Name = "s",
        Type = type,
        Url = url,
        CreatedAt = DateTimeOffset.UnixEpoch,
        CreatedBy = "test",
        UpdatedAt = DateTimeOffset.UnixEpoch,
        UpdatedBy = "test",
    };

    public static OpenedDatasource Open(Datasource settings, params (string Name, string Value)[] credentials) => new()
    {
        Tenant = "default",
        Settings = settings,
        Credentials = credentials.ToDictionary(c => c.Name, c => new SecretText(c.Value)),
    };

    public LiveDatasource Live(OpenedDatasource datasource)
    {
        var live = services.GetRequiredService<IDatasourceFactory>().Create(datasource, this);
        made.Add(live);
        return live;
    }

    public T Get<T>(OpenedDatasource datasource)
        where T : class, IDatasource => Live(datasource).Sources.OfType<T>().Single();

    public ValueTask UsedAsync(SourceException? failure)
    {
        Uses.Enqueue(failure);
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        made.ForEach(m => m.Dispose());
        services.Dispose();
    }
}
