using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Storage;

/// <summary>Where every kind of document lives: the embedded store or Cosmos DB, as the settings say.</summary>
public interface IDocumentStore
{
    IDocuments<T> Open<T>(DocumentType<T> type)
        where T : class;
}
