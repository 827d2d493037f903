using System.Text;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

/// <summary>What Cosmos DB does not take, and containers that others made.</summary>
public sealed class CosmosLimitsTests : IAsyncLifetime
{
    private const int Limit = 2 * 1024 * 1024;

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

    [Fact]
    public async Task Document_OfExactlyTheLimit_IsStoredAndOneByteMoreIsRefusedByName()
    {
        await notes.WriteAsync("a", DocumentWrite<Note>.Create("measure", new Note { Text = "" }), Stop);
        var empty = gateway.Calls.Last(c => c.Kind == "create").Bytes;
        // As long as "measure", and two bytes for each character.
        var most = new string('x', (Limit - empty) % 2) + new string('\u00e9', (Limit - empty) / 2);
        var sent = gateway.Calls.Count + 1;

        Assert.True((await notes.WriteAsync("a", DocumentWrite<Note>.Create("largest", new Note { Text = most }), Stop)).Written);
        var refused = await Assert.ThrowsAsync<DocumentTooLargeException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Create("toolong", new Note { Text = most + "x" }), Stop));

        Assert.Equal(Limit, gateway.Calls.Last(c => c.Kind == "create").Bytes);
        Assert.Equal(sent, gateway.Calls.Count);
        Assert.Contains("notes", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{Limit + 1} bytes", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"2 MB ({Limit} bytes)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(most, (await notes.ReadAsync("a", "largest", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Document_ThatOnlyTheServiceFindsTooLarge_IsRefusedTheSame()
    {
        gateway.OnCall = _ => new CosmosFault { Status = 413 };

        var refused = await Assert.ThrowsAsync<DocumentTooLargeException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Upsert("x", new Note { Text = "x" }), Stop));

        Assert.Contains("2 MB", refused.Message, StringComparison.Ordinal);
        Assert.Single(gateway.Calls, c => c.Kind == "upsert");
    }

    [Fact]
    public async Task WriteMany_OneIsTooLarge_WritesNone()
    {
        DocumentWrite<Note>[] writes =
        [
            .. Enumerable.Range(0, 20).Select(i => DocumentWrite<Note>.Create($"n{i}", new Note { Text = "x" })),
            DocumentWrite<Note>.Create("huge", new Note { Text = new string('x', Limit) }),
        ];

        await Assert.ThrowsAsync<DocumentTooLargeException>(() => notes.WriteManyAsync("a", writes, Stop));

        Assert.Equal(["there"], (await notes.QueryAsync("a", new DocumentQuery(), Stop)).Documents.Select(d => d.Id));
    }

    [Fact]
    public async Task Query_OfMoreThanOneAnswerHolds_GivesAllOfThePage()
    {
        var text = new string('x', Limit * 3 / 4);
        await notes.WriteManyAsync("large", [.. Enumerable.Range(0, 5).Select(i => DocumentWrite<Note>.Create($"n{i}", new Note { Text = text, Size = i }))], Stop);

        var ordered = await notes.QueryAsync("large", new DocumentQuery { OrderBy = "size", Descending = true }, Stop);
        var many = await notes.ReadManyAsync("large", [.. Enumerable.Range(0, 5).Select(i => $"n{i}")], Stop);

        Assert.Equal(["n4", "n3", "n2", "n1", "n0"], ordered.Documents.Select(d => d.Id));
        Assert.Equal(5, many.Count);
    }

    [Fact]
    public async Task WriteMany_OfThreeHundred_AreIndependentAndInOrder()
    {
        await notes.WriteAsync("many", DocumentWrite<Note>.Create("n150", new Note { Text = "first" }), Stop);

        var results = await notes.WriteManyAsync("many", [.. Enumerable.Range(0, 300).Select(i => DocumentWrite<Note>.Create($"n{i}", new Note { Text = "x", Size = i }))], Stop);

        Assert.Equal([150], Enumerable.Range(0, 300).Where(i => !results[i].Written));
        Assert.Equal("first", (await notes.ReadAsync("many", "n150", Stop))!.Value.Text);
    }

    [Theory]
    [InlineData("!*")]
    [InlineData("")]
    [InlineData("\u00e9")]
    [InlineData("a\r\nx-ms-date: 1")]
    [InlineData("a\"b")]
    [InlineData("*")]
    public async Task Versions_ThatNoServiceGave_AreConflictsAndMatchNothing(string etag)
    {
        Assert.False((await notes.WriteAsync("a", new DocumentWrite<Note>("there", new Note { Text = "1" }, WriteCondition.IfMatch(etag)), Stop)).Written);
        Assert.False(await notes.DeleteAsync("a", "there", etag, Stop));
        Assert.Equal("0", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Versions_OfAnyLength_AreConflicts() =>
        Assert.False((await notes.WriteAsync("a", new DocumentWrite<Note>("there", new Note { Text = "1" }, WriteCondition.IfMatch(new string('a', 100_000))), Stop)).Written);

    [Fact]
    public async Task Token_ThatIsNotOurs_IsCalledByTheNameThatCallersKnow()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => notes.QueryAsync("a", new DocumentQuery { ContinuationToken = "zzz" }, Stop));

        Assert.Equal("continuationToken", refused.ParamName);
    }

    [Theory]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"},"defaultTtl":60}""", "after 60 seconds")]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/tenant"],"kind":"Hash"},"defaultTtl":-1}""", "/tenant")]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/pk","/id"],"kind":"MultiHash","version":2},"defaultTtl":-1}""", "/pk, /id")]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"},"defaultTtl":-1,"indexingPolicy":{"indexingMode":"none","includedPaths":[],"excludedPaths":[]}}""", "/keys/*")]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"},"defaultTtl":-1,"indexingPolicy":{"indexingMode":"consistent","includedPaths":[{"path":"/body/*"}],"excludedPaths":[{"path":"/*"}]}}""", "/keys/*")]
    [InlineData("""{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"},"defaultTtl":-1,"indexingPolicy":{"indexingMode":"consistent","includedPaths":[{"path":"/*"}],"excludedPaths":[{"path":"/keys/*"}]}}""", "/keys/*")]
    public async Task Container_ThatWouldLoseOrNotFindDocuments_IsRefusedByItsFault(string properties, string named)
    {
        gateway.Make("nightwatch", properties);
        await using var other = Session(("COSMOS_CREATE", "false"), ("COSMOS_CONTAINER", "c"));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => other.Store.CheckAsync(Stop));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_WithTheIndexThatAzureGivesByDefault_Serves()
    {
        gateway.Make("nightwatch", """{"id":"c","partitionKey":{"paths":["/pk"],"kind":"Hash"},"defaultTtl":-1,"indexingPolicy":{"indexingMode":"consistent","includedPaths":[{"path":"/*"}],"excludedPaths":[{"path":"/\"_etag\"/?"}]}}""");
        await using var other = Session(("COSMOS_CREATE", "false"), ("COSMOS_CONTAINER", "c"));
        var theirs = other.Documents(Note.Type);

        await theirs.WriteAsync("a", DocumentWrite<Note>.Create("n", new Note { Text = "1", Size = 2 }), Stop);

        Assert.Single((await theirs.QueryAsync("a", new DocumentQuery { OrderBy = "size" }, Stop)).Documents);
    }

    [Theory]
    [InlineData(1014, "20 GB")]
    [InlineData(0, "firewall")]
    public async Task Refusals_OfTheAccount_SayWhichItMayBe(int subStatus, string said)
    {
        gateway.OnCall = _ => new CosmosFault { Status = 403, SubStatus = subStatus };

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Create("n", new Note { Text = "1" }), Stop));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partitions_WithNamesOfAnyLengthAndKind_AreHeldApart()
    {
        string[] names = [new string('a', 5000), new string('a', 5001), "a/b", "a\\b?#", " a", "a ", "\ud83d\ude00", "\u00e4", "a\u0308", "\t"];
        foreach (var name in names)
        {
            await notes.WriteAsync(name, DocumentWrite<Note>.Create("one", new Note { Text = name }), Stop);
        }

        foreach (var name in names)
        {
            Assert.Equal(name, Assert.Single((await notes.QueryAsync(name, new DocumentQuery(), Stop)).Documents).Value.Text);
        }

        Assert.All(gateway.Calls, c => Assert.True(Encoding.UTF8.GetByteCount(c.Partition!) <= 2048));
    }

    private CosmosSession Session(params (string, string)[] settings) => new(gateway.Url, CosmosGateway.Key, TimeProvider.System, settings);
}
