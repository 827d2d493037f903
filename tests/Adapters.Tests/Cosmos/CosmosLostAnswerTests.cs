using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

/// <summary>The service does what it is asked, and the connection closes before it can say so.</summary>
public sealed class CosmosLostAnswerTests : IAsyncLifetime
{
    private CosmosGateway gateway = null!;
    private CosmosSession session = null!;
    private IDocuments<Note> notes = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        gateway = await CosmosGateway.StartAsync(TimeProvider.System, Stop);
        session = Session();
        notes = session.Documents(Note.Type);
        await notes.WriteAsync("a", DocumentWrite<Note>.Create("there", new Note { Text = "0", Size = 1 }), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Create_WhoseAnswersAreLost_IsWrittenOnce(int lost)
    {
        gateway.Fail(CosmosFault.LostAnswer, lost);

        var result = await notes.WriteAsync("a", DocumentWrite<Note>.Create("new", new Note { Text = "1" }), Stop);

        Assert.True(result.Written);
        Assert.Equal(result.ETag, (await notes.ReadAsync("a", "new", Stop))!.ETag);
        Assert.False((await notes.WriteAsync("a", DocumentWrite<Note>.Create("new", new Note { Text = "2" }), Stop)).Written);
    }

    [Theory]
    [InlineData(408, 0)]
    [InlineData(410, 1000)]
    [InlineData(449, 0)]
    [InlineData(500, 0)]
    [InlineData(503, 20001)]
    public async Task Writes_AppliedAndAnsweredWithAFault_AreWrittenOnceAndKnowTheirVersion(int status, int subStatus)
    {
        var fault = new CosmosFault { Status = status, SubStatus = subStatus, Commits = true };
        var read = (await notes.ReadAsync("a", "there", Stop))!;
        gateway.Fail(fault);
        var created = await notes.WriteAsync("a", DocumentWrite<Note>.Create("new", new Note { Text = "1" }), Stop);
        gateway.Fail(fault);
        var replaced = await notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "2" }), Stop);
        gateway.Fail(fault);
        var deleted = new[] { await notes.DeleteAsync("a", "there", replaced.ETag, Stop), await notes.DeleteAsync("a", "there", replaced.ETag, Stop) };

        Assert.True(created.Written && replaced.Written);
        Assert.Equal(created.ETag, (await notes.ReadAsync("a", "new", Stop))!.ETag);
        Assert.True((await notes.WriteAsync("a", new DocumentWrite<Note>("new", new Note { Text = "3" }, WriteCondition.IfMatch(created.ETag!)), Stop)).Written);
        Assert.True(deleted.Count(yes => yes) <= 1);
        Assert.Null(await notes.ReadAsync("a", "there", Stop));
    }

    [Fact]
    public async Task Answers_CutInTheMiddle_AreAskedForAgain()
    {
        gateway.Fail(new CosmosFault { Halves = true });
        Assert.Equal("0", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
        gateway.Fail(new CosmosFault { Halves = true });
        Assert.Single((await notes.QueryAsync("a", new DocumentQuery { OrderBy = "size" }, Stop)).Documents);
    }

    [Fact]
    public async Task Pages_OfAProxyThatComeWith200_AreNeverTakenForAnAnswer()
    {
        var read = (await notes.ReadAsync("a", "there", Stop))!;
        gateway.OnCall = _ => new CosmosFault { Page = true };

        var failures = new[]
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Create("new", new Note { Text = "1" }), Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "1" }), Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Upsert("there", new Note { Text = "1" }), Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.DeleteAsync("a", "there", read.ETag, Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.ReadAsync("a", "there", Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => session.Store.CheckAsync(Stop)),
        };
        gateway.OnCall = null;

        Assert.All(failures, f => Assert.Contains("is not usable", f.Message, StringComparison.Ordinal));
        Assert.Equal(read.ETag, (await notes.ReadAsync("a", "there", Stop))!.ETag);
        Assert.Null(await notes.ReadAsync("a", "new", Stop));
    }

    [Fact]
    public async Task Replace_WhoseAnswerIsLost_IsWrittenOnceAndKnowsItsVersion()
    {
        var read = (await notes.ReadAsync("a", "there", Stop))!;
        gateway.Fail(CosmosFault.LostAnswer);

        var result = await notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "1" }), Stop);

        Assert.True(result.Written);
        var now = (await notes.ReadAsync("a", "there", Stop))!;
        Assert.Equal(("1", result.ETag), (now.Value.Text, now.ETag));
        Assert.False((await notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "2" }), Stop)).Written);
    }

    [Fact]
    public async Task Replace_WhoseAnswerIsLostAndOvertaken_IsAConflictThatHidesNothing()
    {
        var read = (await notes.ReadAsync("a", "there", Stop))!;
        var replaced = 0;
        gateway.OnCall = call =>
        {
            if (call.Kind == "replace" && Interlocked.Increment(ref replaced) == 1)
            {
                return CosmosFault.LostAnswer;
            }

            return null;
        };
        await using var other = Session();
        var mine = notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, new Note { Text = "mine" }), Stop);
        await Eventually.TrueAsync(() => gateway.Calls.Any(c => c.Kind == "replace"), "the first try");
        await other.Documents(Note.Type).WriteAsync("a", DocumentWrite<Note>.Upsert("there", new Note { Text = "theirs" }), Stop);
        await mine;

        Assert.Equal("theirs", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Delete_WhoseAnswerIsLost_TellsNobodyTwiceThatTheyDeletedIt()
    {
        var read = (await notes.ReadAsync("a", "there", Stop))!;
        gateway.Fail(CosmosFault.LostAnswer);

        var told = new[] { await notes.DeleteAsync("a", "there", read.ETag, Stop), await notes.DeleteAsync("a", "there", read.ETag, Stop) };

        Assert.True(told.Count(yes => yes) <= 1);
        Assert.Null(await notes.ReadAsync("a", "there", Stop));
    }

    private CosmosSession Session() => new(gateway.Url, CosmosGateway.Key, TimeProvider.System);
}
