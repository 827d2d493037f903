using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Sqlite;

public static class SqliteRegistration
{
    /// <summary>Makes the embedded SQLite store the one behind every <see cref="IDocuments{T}"/> that <see cref="AddDocuments{T}"/> names.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, Action<SqliteStoreOptions> configure)
    {
        services.Configure(configure);
        services.AddSingleton<SqliteStore>();
        services.AddSingleton<IStoreMaintenance>(provider => provider.GetRequiredService<SqliteStore>());
        return services;
    }

    public static IServiceCollection AddDocuments<T>(this IServiceCollection services, DocumentType<T> type)
        where T : class =>
        services.AddSingleton<IDocuments<T>>(provider => new SqliteDocuments<T>(provider.GetRequiredService<SqliteStore>(), type));
}
