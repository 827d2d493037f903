using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Tests.Storage;

/// <summary>A stored document that no longer reads as what its kind is hides no other, is named, and is neither lost nor replaced unseen.</summary>
public abstract class UnreadableDocumentsContract
{
    private const int Bad = 3;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract IDocuments<Note> Notes { get; }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "size")]
    [InlineData(4, null)]
    [InlineData(100, "size")]
    public async Task Query_WithAnUnreadableDocument_GivesAllOthersInFullPagesAndNamesIt(int pageSize, string? order)
    {
        await PutAsync(8);

        var (read, unreadable, token) = (new List<string>(), new List<string>(), (string?)null);
        do
        {
            var page = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = order, PageSize = pageSize, ContinuationToken = token }, Stop);
            read.AddRange(page.Documents.Select(d => d.Id));
            unreadable.AddRange(page.Unreadable);
            token = page.ContinuationToken;
            Assert.True(token is null || page.Documents.Count == pageSize);
        }
        while (token is not null);

        Assert.Equal(["0", "1", "2", "4", "5", "6", "7"], read);
        Assert.Equal(["3"], unreadable);
    }

    [Fact]
    public async Task Query_ThatFindsNothingElse_IsTheLastPage()
    {
        await PutAsync(8);

        var page = await Notes.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.Equal("size", (long)Bad)], PageSize = 1 }, Stop);

        Assert.Empty(page.Documents);
        Assert.Null(page.ContinuationToken);
        Assert.Equal(["3"], page.Unreadable);
    }

    [Fact]
    public async Task ReadMany_WithAnUnreadableDocument_GivesTheOthers()
    {
        await PutAsync(5);

        Assert.Equal(["2", "4"], (await Notes.ReadManyAsync("a", ["2", "3", "4"], Stop)).Keys.Order());
    }

    [Fact]
    public async Task Read_OfAnUnreadableDocument_SaysThatItIsThere()
    {
        await PutAsync(5);

        var failure = await Assert.ThrowsAsync<DocumentUnreadableException>(() => Notes.ReadAsync("a", "3", Stop));

        Assert.Contains("'3' of notes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OverAnUnreadableDocument_Conflicts()
    {
        await PutAsync(5);

        Assert.False((await Notes.WriteAsync("a", DocumentWrite<Note>.Create("3", new Note { Text = "new" }), Stop)).Written);
        Assert.True((await Notes.WriteAsync("a", DocumentWrite<Note>.Upsert("3", new Note { Text = "on purpose" }), Stop)).Written);
        Assert.Equal("on purpose", (await Notes.ReadAsync("a", "3", Stop))!.Value.Text);
    }

    // What is null is not stored: a note without its text lacks a member that it must have.
    private async Task PutAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Notes.WriteAsync("a", DocumentWrite<Note>.Create($"{i}", new Note { Text = i == Bad ? null! : "x", Size = i }), Stop);
        }
    }
}
