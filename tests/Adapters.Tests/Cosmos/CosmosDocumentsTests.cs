using System.Text.Json.Nodes;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

/// <summary>The whole contract over the wire, and what only this adapter promises.</summary>
public sealed class CosmosDocumentsTests : DocumentsContract, IAsyncLifetime
{
    private CosmosGateway gateway = null!;
    private CosmosSession session = null!;
    private IDocuments<Note> notes = null!;

    protected override IDocuments<Note> Notes => notes;

    private JsonObject[] Stored => [.. gateway.Containers["nightwatch/documents"].Stored];

    public async ValueTask InitializeAsync()
    {
        gateway = await CosmosGateway.StartAsync(Time, Stop);
        session = Session();
        notes = session.Documents(Note.Type);
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        await gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("a/b\\c?d#e")]
    [InlineData("..")]
    [InlineData(" leading and trailing ")]
    [InlineData("100%25 \"quoted\" + <tag> & 'x'")]
    [InlineData("日本語 \ud83d\ude00 ü\u0000\n")]
    [InlineData("evidence:inv-1:step.2_a~b")]
    public async Task Ids_WithWhatCosmosForbids_LeadToTheirDocument(string id)
    {
        Assert.True((await Notes.WriteAsync("tenant/1", DocumentWrite<Note>.Create(id, new Note { Text = "x" }), Stop)).Written);
        var read = (await Notes.ReadAsync("tenant/1", id, Stop))!;
        Assert.True((await Notes.WriteAsync("tenant/1", DocumentWrite<Note>.Replace(read, new Note { Text = "y", Size = 3 }), Stop)).Written);

        Assert.Equal(id, read.Id);
        Assert.Equal(id, Assert.Single((await Notes.QueryAsync("tenant/1", new DocumentQuery { OrderBy = "size" }, Stop)).Documents).Id);
        Assert.True(await Notes.DeleteAsync("tenant/1", id, null, Stop));
        Assert.Empty(Stored);
    }

    [Fact]
    public async Task Ids_LongerThanCosmosTakes_StayApartAndComeBackWhole()
    {
        var ids = new[] { new string('x', 3000) + "1", new string('x', 3000) + "2", new string('é', 700) };
        foreach (var id in ids)
        {
            Assert.True((await Notes.WriteAsync("a", DocumentWrite<Note>.Create(id, new Note { Text = id[^1..], Color = id }), Stop)).Written);
        }

        var many = await Notes.ReadManyAsync("a", [.. ids, "1", "2", "3"], Stop);
        var page = await Notes.QueryAsync("a", new DocumentQuery { PageSize = 2 }, Stop);
        var rest = await Notes.QueryAsync("a", new DocumentQuery { PageSize = 2, ContinuationToken = page.ContinuationToken }, Stop);

        Assert.Equal(ids.Order(StringComparer.Ordinal), many.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ids.Order(StringComparer.Ordinal), page.Documents.Concat(rest.Documents).Select(d => d.Id).Order(StringComparer.Ordinal));
        Assert.Equal([ids[1]], (await Notes.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.Equal("color", ids[1])] }, Stop)).Documents.Select(d => d.Id));
    }

    [Fact]
    public async Task Values_WhoseNumbersDoublesHold_AreStoredAsJsonAndOthersAsText()
    {
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("small", new Note { Text = "x", Size = 1L << 53, Score = 1.0 / 3 }), Stop);
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("large", new Note { Text = "x", Size = (1L << 53) + 1 }), Stop);

        Assert.Equal((1L << 53) + 1, (await Notes.ReadAsync("a", "large", Stop))!.Value.Size);
        Assert.Equal(1.0 / 3, (await Notes.ReadAsync("a", "small", Stop))!.Value.Score);
        Assert.NotNull(Stored.Single(d => d["id"]!.GetValue<string>() == "small")["body"]);
        Assert.NotNull(Stored.Single(d => d["id"]!.GetValue<string>() == "large")["text"]);
    }

    [Fact]
    public async Task Expired_ButNotYetRemoved_IsAbsentEverywhereAndMakesRoom()
    {
        gateway.Removes = false;
        await Expired_Document_IsAbsentEverywhereAndCanBeCreatedAgain();
    }

    [Fact]
    public async Task Expired_ByOurClock_IsRemovedByTheServiceOnlyLater()
    {
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "x", ExpiresAt = Noon.AddMinutes(1) }), Stop);
        var item = Assert.Single(Stored);

        Assert.Equal(360, item["ttl"]!.GetValue<long>());
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(await Notes.ReadAsync("a", "1", Stop));
        Assert.Single(Stored);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await Notes.ReadAsync("a", "1", Stop));
        Assert.Empty(Stored);
    }

    [Fact]
    public async Task Query_WhenTheServiceGivesSmallPages_FillsOurs()
    {
        gateway.MaxPage = 3;
        await Notes.WriteManyAsync("a", [.. Enumerable.Range(0, 20).Select(i => DocumentWrite<Note>.Create($"n{i:00}", new Note { Text = "x", Size = i }))], Stop);

        var page = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "size", PageSize = 16 }, Stop);
        var many = await Notes.ReadManyAsync("a", [.. page.Documents.Select(d => d.Id)], Stop);

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (long)i), page.Documents.Select(d => d.Value.Size));
        Assert.Equal(16, many.Count);
        Assert.NotNull(page.ContinuationToken);
    }

    [Fact]
    public async Task Token_OfAnotherTenantTypeOrOrder_IsRefused()
    {
        await Notes.WriteManyAsync("a", [.. Enumerable.Range(0, 5).Select(i => DocumentWrite<Note>.Create($"{i}", new Note { Text = "x", Size = i }))], Stop);
        var query = new DocumentQuery { OrderBy = "size", PageSize = 2 };
        var next = query with { ContinuationToken = (await Notes.QueryAsync("a", query, Stop)).ContinuationToken };
        var others = session.Documents(Note.Type with { Name = "other_notes" });

        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("b", next, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => others.QueryAsync("a", next, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", next with { Descending = true }, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.QueryAsync("a", next with { ContinuationToken = new string('A', 4096) }, Stop));
        await using var restarted = Session();
        Assert.Equal(["2", "3"], (await restarted.Documents(Note.Type).QueryAsync("a", next, Stop)).Documents.Select(d => d.Id));
    }

    [Fact]
    public async Task Token_ChangedAnywhere_NeverLeadsOutOfThePartition()
    {
        await Notes.WriteManyAsync("a", [.. Enumerable.Range(0, 5).Select(i => DocumentWrite<Note>.Create($"{i}", new Note { Text = "of a", Size = i }))], Stop);
        await Notes.WriteAsync("b", DocumentWrite<Note>.Create("secret", new Note { Text = "of b" }), Stop);
        var token = (await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "size", PageSize = 2 }, Stop)).ContinuationToken!;

        for (var i = 0; i < token.Length; i++)
        {
            var changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            try
            {
                var page = await Notes.QueryAsync("a", new DocumentQuery { OrderBy = "size", PageSize = 10, ContinuationToken = changed }, Stop);
                Assert.All(page.Documents, d => Assert.Equal("of a", d.Value.Text));
            }
            catch (ArgumentException)
            {
                // Refused, as most are.
            }
        }
    }

    [Fact]
    public async Task Query_RangesOnTheOrderingField_MeetExactly()
    {
        var values = new[] { double.NegativeInfinity, -1e300, -1.5, -double.Epsilon, -0.0, 0.1, 1, 1.0000001, 1e300, double.PositiveInfinity };
        await Notes.WriteManyAsync("a", [.. values.Select((v, i) => DocumentWrite<Note>.Create($"{i}", new Note { Text = "x", Score = v }))], Stop);

        foreach (var bound in values)
        {
            var query = new DocumentQuery { OrderBy = "score", Where = [FieldFilter.AtLeast("score", bound)] };
            Assert.Equal(values.Where(v => v >= bound), (await Notes.QueryAsync("a", query, Stop)).Documents.Select(d => d.Value.Score));
            query = query with { Where = [FieldFilter.Below("score", bound)], Descending = true };
            Assert.Equal(values.Where(v => v < bound).Reverse(), (await Notes.QueryAsync("a", query, Stop)).Documents.Select(d => d.Value.Score));
            query = query with { Where = [FieldFilter.Equal("score", bound)] };
            Assert.Equal(bound, Assert.Single((await Notes.QueryAsync("a", query, Stop)).Documents).Value.Score);
        }
    }

    [Fact]
    public async Task Query_OnADeclaredIndex_IsOneRangeOfOneKey()
    {
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("1", new Note { Text = "x", Color = "dark red", DueAt = Noon }), Stop);

        await Notes.QueryAsync("a", new DocumentQuery { Where = [FieldFilter.Equal("color", "dark red"), FieldFilter.Below("dueAt", Noon.AddDays(1))], OrderBy = "dueAt" }, Stop);

        var body = JsonNode.Parse(gateway.Calls.Last(c => c.Kind == "query").Body)!;
        Assert.Equal(
            """SELECT TOP 101 c.id, c.pk, c.name, c._etag, c.body, c.text, c.expires, c.fields FROM c WHERE (NOT IS_DEFINED(c.expires) OR c.expires > @now) AND c["keys"]["color_dueAt"] >= @p1 AND c["keys"]["color_dueAt"] < @p2 ORDER BY c["keys"]["color_dueAt"] ASC""",
            body["query"]!.GetValue<string>());
        Assert.DoesNotContain("plan", gateway.Calls.Select(c => c.Kind));
    }

    [Fact]
    public async Task Query_OrderedByAFieldWithoutAnIndex_IsAnArgumentError()
    {
        var unindexed = session.Documents(Note.Type with { Name = "unindexed", Indexes = [["color", "size"]] });

        await Assert.ThrowsAsync<ArgumentException>(() => unindexed.QueryAsync("a", new DocumentQuery { OrderBy = "size" }, Stop));
        Assert.Empty((await unindexed.QueryAsync("a", new DocumentQuery { OrderBy = "size", Where = [FieldFilter.Equal("color", "red")] }, Stop)).Documents);
    }

    [Fact]
    public async Task WriteMany_SeveralOfOneDocument_KeepTheirOrder()
    {
        var results = await Notes.WriteManyAsync(
            "a", [.. Enumerable.Range(0, 12).Select(i => i == 0 ? DocumentWrite<Note>.Create("1", new Note { Text = "0" }) : DocumentWrite<Note>.Upsert("1", new Note { Text = $"{i}" })), DocumentWrite<Note>.Create("1", new Note { Text = "late" })], Stop);

        Assert.Equal(12, results.Count(r => r.Written));
        Assert.False(results[^1].Written);
        Assert.Equal("11", (await Notes.ReadAsync("a", "1", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Container_MadeForDevelopment_HasThePolicyThatTheDocumentationShows()
    {
        await session.Store.CheckAsync(Stop);

        var made = JsonNode.Parse(gateway.Containers["nightwatch/documents"].Properties)!;
        Assert.Equal("/pk", made["partitionKey"]!["paths"]![0]!.GetValue<string>());
        Assert.Equal(-1, made["defaultTtl"]!.GetValue<int>());
        Assert.Equal(["/keys/*", "/pk/?"], made["indexingPolicy"]!["includedPaths"]!.AsArray().Select(p => p!["path"]!.GetValue<string>()));
        Assert.Equal(["/*"], made["indexingPolicy"]!["excludedPaths"]!.AsArray().Select(p => p!["path"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Replace_ByFiftyAtOnceFromTwoProcesses_GivesTheExactSum()
    {
        await using var other = Session();
        await Notes.WriteAsync("a", DocumentWrite<Note>.Create("sum", new Note { Text = "sum" }), Stop);

        await Task.WhenAll(Enumerable.Range(1, 50).Select(i => Task.Run(() => AddAsync(i % 2 == 0 ? Notes : other.Documents(Note.Type), i), Stop)));

        Assert.Equal(50 * 51 / 2, (await Notes.ReadAsync("a", "sum", Stop))!.Value.Size);
    }

    private static async Task AddAsync(IDocuments<Note> notes, int amount)
    {
        Document<Note> read;
        do
        {
            read = (await notes.ReadAsync("a", "sum", Stop))!;
        }
        while (!(await notes.WriteAsync("a", DocumentWrite<Note>.Replace(read, read.Value with { Size = read.Value.Size + amount }), Stop)).Written);
    }

    private CosmosSession Session() => new(gateway.Url, CosmosGateway.Key, Time);
}
