using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Storage;

/// <summary>The store that other tests stand on keeps the port's promises itself.</summary>
public sealed class InMemoryDocumentsTests
{
    private static readonly DocumentType<Note> NoteType = new()
    {
        Name = "notes",
        Fields = [new("kind", n => n.Kind), new("at", n => n.At)],
        Indexes = [["at"], ["kind", "at"]],
    };

    private readonly InMemoryDocuments<Note> notes = new(NoteType);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public sealed record Note(string Kind, DateTimeOffset? At);

    [Fact]
    public async Task WriteAsync_EachCondition_HoldsOrConflicts()
    {
        var note = new Note("a", null);
        var created = await notes.WriteAsync("p", DocumentWrite<Note>.Create("1", note), Cancel);
        Assert.True(created.Written);
        Assert.Equal(WriteResult.Conflict, await notes.WriteAsync("p", DocumentWrite<Note>.Create("1", note), Cancel));

        var read = await notes.ReadAsync("p", "1", Cancel);
        Assert.Equal(created.ETag, read!.ETag);
        Assert.Equal(note, read.Value);
        Assert.True((await notes.WriteAsync("p", DocumentWrite<Note>.Replace(read, note with { Kind = "b" }), Cancel)).Written);
        Assert.False((await notes.WriteAsync("p", DocumentWrite<Note>.Replace(read, note with { Kind = "c" }), Cancel)).Written);
        Assert.Equal("b", (await notes.ReadAsync("p", "1", Cancel))!.Value.Kind);
        Assert.False(await notes.DeleteAsync("p", "1", read.ETag, Cancel));
        Assert.True(await notes.DeleteAsync("p", "1", null, Cancel));
        Assert.Null(await notes.ReadAsync("p", "1", Cancel));
        Assert.Null(await notes.ReadAsync("other", "1", Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task QueryAsync_PagedWithEqualKeys_GivesEachOnceInOrder(bool descending)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 25; i++)
        {
            await notes.WriteAsync("p", DocumentWrite<Note>.Create($"{i:00}", new Note(i % 5 == 0 ? "x" : "y", i < 3 ? null : start.AddMinutes(i / 4))), Cancel);
        }

        var seen = new List<Document<Note>>();
        var query = new DocumentQuery { Where = [FieldFilter.Equal("kind", "y")], OrderBy = "at", Descending = descending, PageSize = 3 };
        DocumentPage<Note> page;
        do
        {
            page = await notes.QueryAsync("p", query, Cancel);
            seen.AddRange(page.Documents);
            query = query with { ContinuationToken = page.ContinuationToken };
        }
        while (page.ContinuationToken is not null);

        Assert.Equal(20, seen.Select(d => d.Id).Distinct().Count());
        var expected = seen.OrderBy(d => d.Value.At).ThenBy(d => d.Id, StringComparer.Ordinal).Select(d => d.Id);
        Assert.Equal(descending ? expected.Reverse() : expected, seen.Select(d => d.Id));
    }

    [Fact]
    public async Task QueryAsync_RangeOnTime_ComparesInstantsAndSkipsNull()
    {
        var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        await notes.WriteManyAsync(
            "p",
            [DocumentWrite<Note>.Upsert("1", new Note("a", noon)), DocumentWrite<Note>.Upsert("2", new Note("a", noon.AddMinutes(1))), DocumentWrite<Note>.Upsert("3", new Note("a", null))],
            Cancel);
        var atNoonInParis = new DateTimeOffset(2026, 1, 1, 13, 0, 0, TimeSpan.FromHours(1));
        var page = await notes.QueryAsync("p", new DocumentQuery { Where = [FieldFilter.AtLeast("at", atNoonInParis), FieldFilter.Below("at", noon.AddMinutes(1))] }, Cancel);
        Assert.Equal("1", Assert.Single(page.Documents).Id);
    }

    [Fact]
    public async Task QueryAsync_BadTokenFieldOrSize_ThrowsArgumentException()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => notes.QueryAsync("p", new DocumentQuery { ContinuationToken = "!" }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => notes.QueryAsync("p", new DocumentQuery { OrderBy = "other" }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => notes.QueryAsync("p", new DocumentQuery { PageSize = 1001 }, Cancel));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task FailWrite_SecondOfABatch_StoresWhatItSays(bool applied, int expected)
    {
        notes.Faults.FailWrite(2, applied);
        DocumentWrite<Note>[] writes = [.. Enumerable.Range(0, 4).Select(i => DocumentWrite<Note>.Create($"{i}", new Note("a", null)))];
        await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteManyAsync("p", writes, Cancel));
        Assert.Equal(expected, notes.All("p").Count);
        Assert.Equal(4 - expected, (await notes.WriteManyAsync("p", writes, Cancel)).Count(r => r.Written));
    }

    [Fact]
    public async Task Faults_UnavailableAndConflict_AreSeenByCallers()
    {
        notes.Faults.ConflictNext();
        Assert.False((await notes.WriteAsync("p", DocumentWrite<Note>.Create("1", new Note("a", null)), Cancel)).Written);
        Assert.True((await notes.WriteAsync("p", DocumentWrite<Note>.Create("1", new Note("a", null)), Cancel)).Written);
        notes.Faults.Unavailable = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.ReadAsync("p", "1", Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("p", DocumentWrite<Note>.Upsert("1", new Note("a", null)), Cancel));
    }

    [Fact]
    public async Task WriteAsync_ManyWritersOfOneDocument_EachVersionIsBuiltOnTheOneBefore()
    {
        await notes.WriteAsync("p", DocumentWrite<Note>.Create("1", new Note("", null)), Cancel);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var written = 0; written < 20;)
            {
                var read = await notes.ReadAsync("p", "1", Cancel);
                var result = await notes.WriteAsync("p", DocumentWrite<Note>.Replace(read!, read!.Value with { Kind = read.Value.Kind + "." }), Cancel);
                written += result.Written ? 1 : 0;
            }
        })));
        Assert.Equal(160, notes.All("p")[0].Kind.Length);
    }
}
