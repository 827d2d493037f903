using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Storage;

public static class StorageRegistration
{
    /// <summary>Names a kind of document; it lives in whichever <see cref="IDocumentStore"/> is registered.</summary>
    public static IServiceCollection AddDocuments<T>(this IServiceCollection services, DocumentType<T> type)
        where T : class =>
        services.AddSingleton(provider => provider.GetRequiredService<IDocumentStore>().Open(type));
}
