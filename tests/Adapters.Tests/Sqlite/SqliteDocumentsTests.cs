using Microsoft.Extensions.Options;
using Nightwatch.Adapters.Sqlite;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Sqlite;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Sqlite;

public sealed class SqliteDocumentsTests : DocumentsContract, IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly SqliteStore store;

    public SqliteDocumentsTests()
    {
        store = Open();
        Notes = new SqliteDocuments<Note>(store, Note.Type);
    }

    protected override IDocuments<Note> Notes { get; }

    [Fact]
    public async Task Connections_OfTheStore_CommitWithFullSyncInWriteAheadMode()
    {
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "x" }), Stop);

        Assert.Equal((2L, "wal"), await store.WriteAsync(Settings));
        Assert.Equal((2L, "wal"), store.Read(Settings));
    }

    [Fact]
    public async Task Reopened_WithANewIndexedField_FindsOldDocumentsByIt()
    {
        var old = new SqliteDocuments<Note>(store, Note.Type with { Fields = [], Indexes = [], Name = "grown" });
        for (var i = 0; i < 1200; i++)
        {
            await old.WriteAsync("a", DocumentWrite<Note>.Create($"{i:0000}", new Note { Text = "kept", Size = i }), Stop);
        }

        using var reopened = Open();
        var grown = new SqliteDocuments<Note>(reopened, Note.Type with { Name = "grown" });

        var page = await grown.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.AtLeast("size", 1195L)], OrderBy = "size" }, Stop);
        Assert.Equal(["1195", "1196", "1197", "1198", "1199"], page.Documents.Select(d => d.Id));
    }

    [Fact]
    public async Task TwoStores_OnOneFile_SeeEachOthersWrites()
    {
        using var other = Open();
        var others = new SqliteDocuments<Note>(other, Note.Type);

        var writes = Enumerable.Range(0, 40).Select(i =>
            (i % 2 == 0 ? Notes : others).WriteAsync("a", DocumentWrite<Note>.Create($"{i / 2}", new Note { Text = "x" }), Stop));
        var results = await Task.WhenAll(writes);

        Assert.Equal(20, results.Count(r => r.Written));
        Assert.Equal(20, (await others.QueryAsync("a", new DocumentQuery(), Stop)).Documents.Count);
    }

    [Fact]
    public async Task Store_WhoseFileIsNoDatabase_IsUnavailableAndWorksAgainOnceMended()
    {
        var folder = Directory.CreateDirectory(scratch.File("broken"));
        var file = Path.Combine(folder.FullName, "documents.db");
        await File.WriteAllTextAsync(file, new string('x', 8192), Stop);
        using var broken = Open(folder.FullName);
        var notes = new SqliteDocuments<Note>(broken, Note.Type);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.ReadAsync("a", "1", Stop));
        File.Delete(file);

        Assert.Contains("documents.db", failure.Message, StringComparison.Ordinal);
        Assert.Null(await notes.ReadAsync("a", "1", Stop));
    }

    [Fact]
    public async Task Store_WrittenByANewerVersion_IsRefusedUnaltered()
    {
        await store.CheckAsync(Stop);
        await store.WriteAsync(session => session.Execute("UPDATE store_meta SET value = '99' WHERE key = 'schema_version'"));
        using var newer = Open();

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => newer.CheckAsync(Stop));

        Assert.Contains("schema 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemoveExpired_ManyDocuments_RemovesJustThose()
    {
        for (var i = 0; i < 1100; i++)
        {
            await Notes.WriteAsync("a", DocumentWrite<Note>.Create($"{i}", new Note { Text = "x", ExpiresAt = i < 1050 ? Noon.AddMinutes(1) : null }), Stop);
        }

        Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(1050, await store.RemoveExpiredAsync(Stop));
        Assert.Equal(50, store.Read(session => (long)session.Scalar("SELECT count(*) FROM doc_notes")!));
    }

    [Fact]
    public async Task Write_WhoseWorkThrows_IsRolledBackAloneInItsGroup()
    {
        await store.CheckAsync(Stop);
        var good = store.WriteAsync(session => session.Execute("INSERT INTO store_meta VALUES ('good', '1')"));
        var bad = store.WriteAsync<int>(session =>
        {
            session.Execute("INSERT INTO store_meta VALUES ('bad', '1')");
            throw new InvalidOperationException("after a write");
        });
        var alsoGood = store.WriteAsync(session => session.Execute("INSERT INTO store_meta VALUES ('also good', '1')"));

        await good;
        await alsoGood;
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);

        Assert.Equal(2L, store.Read(session => session.Scalar("SELECT count(*) FROM store_meta WHERE key LIKE '%good' OR key = 'bad'")));
    }

    public void Dispose()
    {
        store.Dispose();
        scratch.Dispose();
    }

    private static (long, string) Settings(SqliteSession session) =>
        ((long)session.Scalar("PRAGMA synchronous")!, (string)session.Scalar("PRAGMA journal_mode")!);

    private SqliteStore Open(string? folder = null) => new(Options.Create(new SqliteStoreOptions { Directory = folder ?? scratch.Path }), Time);
}
