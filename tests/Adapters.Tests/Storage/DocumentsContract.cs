using Nightwatch.Domain.Storage;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Storage;

/// <summary>What every adapter of <see cref="IDocuments{T}"/> must do. A class per adapter inherits the whole suite.</summary>
public abstract class DocumentsContract
{
    protected static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The clock that the adapter under test runs on.</summary>
    protected ManualTime Time { get; } = new(Noon);

    protected abstract IDocuments<Note> Notes { get; }

    [Fact]
    public async Task Read_AbsentDocument_IsNull() => Assert.Null(await Notes.ReadAsync("a", "nothing", Stop));

    [Fact]
    public async Task Write_ThenRead_GivesTheSameValueAndETag()
    {
        var note = new Note { Text = "übel \"quoted\" \u0001 \ud83d\ude00", Color = "red", Size = long.MaxValue, Score = 0.1, Done = true, DueAt = Noon };

        var written = await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", note), Stop);

        var read = await Notes.ReadAsync("a", "1", Stop);
        Assert.True(written.Written);
        Assert.Equal(note, read!.Value);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(("a", "1"), (read.PartitionKey, read.Id));
    }

    [Fact]
    public async Task Create_WhenItExists_ConflictsAndChangesNothing()
    {
        await Put("1", new Note { Text = "first" });

        var second = await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "second" }), Stop);

        Assert.False(second.Written);
        Assert.Null(second.ETag);
        Assert.Equal("first", (await Notes.ReadAsync("a", "1", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Replace_WithTheCurrentETag_WritesAndChangesTheETag()
    {
        await Put("1", new Note { Text = "first" });
        var read = (await Notes.ReadAsync("a", "1", Stop))!;

        var replaced = await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "second" }), Stop);

        Assert.True(replaced.Written);
        Assert.NotEqual(read.ETag, replaced.ETag);
        Assert.Equal("second", (await Notes.ReadAsync("a", "1", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Replace_WithAStaleETag_Conflicts()
    {
        await Put("1", new Note { Text = "first" });
        var stale = (await Notes.ReadAsync("a", "1", Stop))!;
        await Put("1", new Note { Text = "second" });

        Assert.False((await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(stale, new Note { Text = "third" }), Stop)).Written);
        Assert.Equal("second", (await Notes.ReadAsync("a", "1", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Replace_OfADeletedAndRecreatedDocument_Conflicts()
    {
        await Put("1", new Note { Text = "first" });
        var old = (await Notes.ReadAsync("a", "1", Stop))!;
        await Notes.DeleteAsync("a", "1", null, Stop);
        Assert.False((await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(old, new Note { Text = "x" }), Stop)).Written);
        await Put("1", new Note { Text = "reborn" });

        Assert.False((await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(old, new Note { Text = "x" }), Stop)).Written);
    }

    [Fact]
    public async Task WriteMany_SomeConflicting_WritesTheOthersAndTellsWhich()
    {
        await Put("2", new Note { Text = "old" });

        var results = await Notes.WriteManyAsync("a",
            [DocumentWrite<Note>.Create("1", new Note { Text = "new" }), DocumentWrite<Note>.Create("2", new Note { Text = "new" }), DocumentWrite<Note>.Upsert("3", new Note { Text = "new" })], Stop);

        Assert.Equal([true, false, true], results.Select(r => r.Written));
        var stored = await Notes.ReadManyAsync("a", ["1", "2", "3", "4"], Stop);
        Assert.Equal(["new", "old", "new"], new[] { "1", "2", "3" }.Select(id => stored[id].Value.Text));
        Assert.False(stored.ContainsKey("4"));
    }

    [Fact]
    public async Task Create_ByManyAtOnce_HasOneWinner()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i =>
            Task.Run(() => Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = $"{i}" }), Stop), Stop)));

        Assert.Single(results, r => r.Written);
    }

    [Fact]
    public async Task Replace_ByManyCountingUp_LosesNoIncrement()
    {
        await Put("1", new Note { Text = "counter" });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                Document<Note> read;
                do
                {
                    read = (await Notes.ReadAsync("a", "1", Stop))!;
                }
                while (!(await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, read.Value with { Size = read.Value.Size + 1 }), Stop)).Written);
            }
        }, Stop)));

        Assert.Equal(80, (await Notes.ReadAsync("a", "1", Stop))!.Value.Size);
    }

    [Fact]
    public async Task Partitions_HoldTheSameIdApart()
    {
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "of a" }), Stop);
        await Notes.WriteAsync("b", DocumentWrite<Note>.Create("1", new Note { Text = "of b" }), Stop);

        Assert.Equal("of b", (await Notes.ReadAsync("b", "1", Stop))!.Value.Text);
        Assert.Equal("of a", Assert.Single((await Notes.QueryAsync("a", new DocumentQuery(), Stop)).Documents).Value.Text);
        Assert.False(await Notes.DeleteAsync("c", "1", null, Stop));
    }

    [Fact]
    public async Task Delete_WithAStaleETag_DeletesNothing()
    {
        await Put("1", new Note { Text = "first" });
        var stale = (await Notes.ReadAsync("a", "1", Stop))!.ETag;
        await Put("1", new Note { Text = "second" });

        Assert.False(await Notes.DeleteAsync("a", "1", stale, Stop));
        Assert.True(await Notes.DeleteAsync("a", "1", null, Stop));
        Assert.Null(await Notes.ReadAsync("a", "1", Stop));
    }

    [Theory]
    [InlineData("size", false)]
    [InlineData("size", true)]
    [InlineData("dueAt", false)]
    [InlineData("dueAt", true)]
    [InlineData("score", true)]
    [InlineData(null, false)]
    [InlineData(null, true)]
    public async Task Query_PageByPage_GivesEveryDocumentOnceInOrder(string? orderBy, bool descending)
    {
        for (var i = 0; i < 25; i++)
        {
            // Several documents share each value: the id breaks the tie.
            await Put($"n{i:00}", new Note { Text = $"{i}", Size = i % 4, Score = i % 4 / 3.0, DueAt = Noon.AddMinutes(i % 4) });
        }

        var seen = new List<Document<Note>>();
        string? token = null;
        do
        {
            var page = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = orderBy, Descending = descending, PageSize = 4, ContinuationToken = token }, Stop);
            Assert.InRange(page.Documents.Count, 1, 4);
            seen.AddRange(page.Documents);
            token = page.ContinuationToken;
        }
        while (token is not null);

        var expected = seen.OrderBy(d => orderBy is null ? 0 : d.Value.Size).ThenBy(d => d.Id, StringComparer.Ordinal).Select(d => d.Id).ToList();
        if (descending)
        {
            expected.Reverse();
        }

        Assert.Equal(25, seen.Select(d => d.Id).Distinct().Count());
        Assert.Equal(expected, seen.Select(d => d.Id));
    }

    [Fact]
    public async Task Query_WhileDocumentsArrive_NeitherRepeatsNorSkipsTheOldOnes()
    {
        for (var i = 0; i < 10; i++)
        {
            await Put($"n{i}", new Note { Text = "old", DueAt = Noon.AddMinutes(i) });
        }

        var first = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "dueAt", Descending = true, PageSize = 5 }, Stop);
        await Put("late", new Note { Text = "new", DueAt = Noon.AddMinutes(60) });
        var second = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "dueAt", Descending = true, PageSize = 5, ContinuationToken = first.ContinuationToken }, Stop);

        Assert.Equal(["n9", "n8", "n7", "n6", "n5", "n4", "n3", "n2", "n1", "n0"], first.Documents.Concat(second.Documents).Select(d => d.Id));
    }

    [Fact]
    public async Task Query_Filters_AllMustHold()
    {
        await Put("1", new Note { Text = "1", Color = "red", Size = 1, DueAt = Noon, Done = true });
        await Put("2", new Note { Text = "2", Color = "red", Size = 2, DueAt = Noon.AddHours(1) });
        await Put("3", new Note { Text = "3", Color = "blue", Size = 3, DueAt = Noon.AddHours(2), Done = true });
        await Put("4", new Note { Text = "4", Size = 4 });

        Assert.Equal(["1", "2"], await Ids(FieldFilter.Equal("color", "red")));
        Assert.Equal(["2"], await Ids(FieldFilter.Equal("color", "red"), FieldFilter.AtLeast("dueAt", Noon.AddHours(1))));
        Assert.Equal(["1"], await Ids(FieldFilter.Below("dueAt", Noon.AddHours(1))));
        Assert.Equal(["1", "3"], await Ids(FieldFilter.Equal("done", true)));
        Assert.Equal(["3", "4"], await Ids(FieldFilter.AtLeast("size", 3L)));
        Assert.Equal(["1"], await Ids(FieldFilter.Below("size", 2)));
        Assert.Empty(await Ids(FieldFilter.Equal("color", "red' OR 1=1 --")));
    }

    [Fact]
    public async Task Query_OrderedByAFieldSomeLack_LeavesThoseOut()
    {
        await Put("1", new Note { Text = "with", DueAt = Noon });
        await Put("2", new Note { Text = "without" });

        Assert.Equal(["1"], (await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "dueAt" }, Stop)).Documents.Select(d => d.Id));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAA")]
    [InlineData("WzEsMl0")]
    public async Task Query_ForeignToken_IsAnArgumentError(string token) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", new DocumentQuery { OrderBy = "size", ContinuationToken = token }, Stop));

    [Fact]
    public async Task Query_UndeclaredFieldOrPageSizeOutOfRange_IsAnArgumentError()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", new DocumentQuery { OrderBy = "text" }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.Equal("text; DROP TABLE doc_notes", "x")] }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", new DocumentQuery { PageSize = 0 }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", new DocumentQuery { PageSize = DocumentQuery.MaxPageSize + 1 }, Stop));
    }

    [Fact]
    public async Task Expired_Document_IsAbsentEverywhereAndCanBeCreatedAgain()
    {
        await Put("1", new Note { Text = "short", DueAt = Noon, ExpiresAt = Noon.AddMinutes(1) });
        var read = (await Notes.ReadAsync("a", "1", Stop))!;

        Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Null(await Notes.ReadAsync("a", "1", Stop));
        Assert.Empty(await Notes.ReadManyAsync("a", ["1"], Stop));
        Assert.Empty((await Notes.QueryAsync("a", new DocumentQuery(), Stop)).Documents);
        Assert.False((await Notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, read.Value), Stop)).Written);
        Assert.False(await Notes.DeleteAsync("a", "1", null, Stop));
        Assert.True((await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "again" }), Stop)).Written);
        Assert.Equal("again", (await Notes.ReadAsync("a", "1", Stop))!.Value.Text);
    }

    private Task Put(string id, Note note) => Notes.WriteAsync("a", DocumentWrite<Note>.Upsert(id, note), Stop);

    private async Task<IEnumerable<string>> Ids(params FieldFilter[] filters) =>
        (await Notes.QueryAsync("a", new DocumentQuery { Where = filters }, Stop)).Documents.Select(d => d.Id);
}
