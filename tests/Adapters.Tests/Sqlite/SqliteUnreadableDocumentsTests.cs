using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Sqlite;

public sealed class SqliteUnreadableDocumentsTests : UnreadableDocumentsContract, IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly SqliteStore store;

    public SqliteUnreadableDocumentsTests()
    {
        store = new SqliteStore(Options.Create(new SqliteStoreOptions { Directory = scratch.Path }), TimeProvider.System);
        Notes = new SqliteDocuments<Note>(store, Note.Type);
    }

    protected override IDocuments<Note> Notes { get; }

    [Fact]
    public async Task NewIndexedField_WithAnUnreadableDocument_FindsTheOthersByIt()
    {
        var old = new SqliteDocuments<Note>(store, Note.Type with { Fields = [], Indexes = [], Name = "grown" });
        foreach (var text in new[] { "good", null, "good" })
        {
            await old.WriteAsync("a", DocumentWrite<Note>.Create(Guid.NewGuid().ToString(), new Note { Text = text!, Size = 7 }), TestContext.Current.CancellationToken);
        }

        var grown = new SqliteDocuments<Note>(store, Note.Type with { Name = "grown" });
        var page = await grown.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.Equal("size", 7L)] }, TestContext.Current.CancellationToken);

        Assert.Equal(2, page.Documents.Count);
    }

    public void Dispose()
    {
        store.Dispose();
        scratch.Dispose();
    }
}
