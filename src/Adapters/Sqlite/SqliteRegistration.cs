using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Sqlite;

public static class SqliteRegistration
{
    /// <summary>Makes the embedded SQLite store the one behind every <see cref="IDocuments{T}"/> that <see cref="StorageRegistration.AddDocuments{T}"/> names.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, Action<SqliteStoreOptions> configure)
    {
        services.Configure(configure);
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IStoreMaintenance>(provider => provider.GetRequiredService<SqliteStore>());
        return services;
    }
}
