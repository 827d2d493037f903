using System.Diagnostics;
using Nightwatch.Adapters.Tests.Storage;
using Nightwatch.Domain.Storage;
using Nightwatch.Support;
using Nightwatch.Support.Cosmos;

namespace Nightwatch.Adapters.Tests.Cosmos;

public sealed class CosmosFaultTests : IAsyncLifetime
{
    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private CosmosGateway gateway = null!;
    private CosmosSession session = null!;
    private IDocuments<Note> notes = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        gateway = await CosmosGateway.StartAsync(time, Stop);
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
    [InlineData(429, 3200)]
    [InlineData(449, 0)]
    [InlineData(503, 20001)]
    [InlineData(408, 0)]
    [InlineData(410, 1000)]
    [InlineData(500, 0)]
    [InlineData(404, 1002)]
    public async Task Answers_ThatPass_AreTriedAgain(int status, int subStatus)
    {
        gateway.Fail(new CosmosFault { Status = status, SubStatus = subStatus, RetryAfter = TimeSpan.FromMilliseconds(5) });
        Assert.Equal("0", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
        gateway.Fail(new CosmosFault { Status = status, SubStatus = subStatus, RetryAfter = TimeSpan.FromMilliseconds(5) });
        Assert.True((await notes.WriteAsync("a", DocumentWrite<Note>.Create($"new{status}", new Note { Text = "1" }), Stop)).Written);
        gateway.Fail(new CosmosFault { Status = status, SubStatus = subStatus, RetryAfter = TimeSpan.FromMilliseconds(5) });
        Assert.Equal(2, (await notes.QueryAsync("a", new DocumentQuery { OrderBy = "size" }, Stop)).Documents.Count);
    }

    [Theory]
    [InlineData(429, 3200, "throttled (429)")]
    [InlineData(401, 0, "COSMOS_KEY is wrong")]
    [InlineData(403, 5300, "COSMOS_KEY is wrong")]
    [InlineData(404, 1003, "found no container")]
    public async Task Answers_ThatDoNotPass_AreAnUnavailableStore(int status, int subStatus, string said)
    {
        gateway.OnCall = _ => new CosmosFault { Status = status, SubStatus = subStatus, RetryAfter = TimeSpan.FromMilliseconds(5) };

        var failures = new[]
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.ReadAsync("a", "there", Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.WriteAsync("a", DocumentWrite<Note>.Upsert("x", new Note { Text = "x" }), Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.DeleteAsync("a", "there", null, Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.QueryAsync("a", new DocumentQuery(), Stop)),
            await Assert.ThrowsAsync<StoreUnavailableException>(() => session.Store.CheckAsync(Stop)),
        };
        gateway.OnCall = null;

        Assert.All(failures, f => Assert.Contains(said, f.Message, StringComparison.Ordinal));
        Assert.All(failures, f => Assert.DoesNotContain(CosmosGateway.Key, f.ToString(), StringComparison.Ordinal));
        Assert.Equal("0", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
        await session.Store.CheckAsync(Stop);
    }

    [Theory]
    [InlineData(449, 0)]
    [InlineData(503, 20001)]
    public async Task Answers_ThatTheSdkItselfRepeatsForEver_AreAnUnavailableStoreWithinTheTime(int status, int subStatus)
    {
        await using var hurried = Session(("COSMOS_TIMEOUT_SECONDS", "1"));
        var documents = hurried.Documents(Note.Type);
        await Warm(documents);
        gateway.OnCall = _ => new CosmosFault { Status = status, SubStatus = subStatus };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => documents.ReadAsync("a", "there", Stop));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => documents.WriteAsync("a", DocumentWrite<Note>.Upsert("x", new Note { Text = "x" }), Stop));
        gateway.OnCall = null;

        await Warm(documents);
        Assert.Equal("0", (await notes.ReadAsync("a", "there", Stop))!.Value.Text);
    }

    [Fact]
    public async Task Throttling_OfEveryThirdCall_LosesNothingAndDoesNothingTwice()
    {
        var calls = 0;
        gateway.OnCall = _ => Interlocked.Increment(ref calls) % 3 == 0 ? CosmosFault.Throttled(3) : null;

        var results = await notes.WriteManyAsync("a", [.. Enumerable.Range(0, 200).Select(i => DocumentWrite<Note>.Create($"n{i:000}", new Note { Text = "x", Size = i }))], Stop);
        var stored = await notes.QueryAsync("a", new DocumentQuery { OrderBy = "size", Where = [FieldFilter.Below("size", 500L)], PageSize = 300 }, Stop);

        Assert.All(results, r => Assert.True(r.Written));
        Assert.Equal(201, stored.Documents.Count);
    }

    [Fact]
    public async Task RetryAfter_OfAThrottledAnswer_IsWaitedFor()
    {
        var arrived = new List<long>();
        gateway.OnCall = _ =>
        {
            lock (arrived)
            {
                arrived.Add(Stopwatch.GetTimestamp());
                return arrived.Count == 1 ? CosmosFault.Throttled(300) : null;
            }
        };

        await notes.ReadAsync("a", "there", Stop);

        Assert.Equal(2, arrived.Count);
        Assert.True(Stopwatch.GetElapsedTime(arrived[0], arrived[1]) >= TimeSpan.FromMilliseconds(290), "The service asked for more patience.");
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheCallsTime_IsAnUnavailableStoreAtOnce()
    {
        gateway.OnCall = _ => CosmosFault.Throttled(60_000);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => notes.ReadAsync("a", "there", Stop));

        Assert.Single(gateway.Calls, c => c.Kind == "read");
    }

    [Fact]
    public async Task Answers_ThatComeTooLate_AreAnUnavailableStoreWithinTheTime()
    {
        await using var hurried = Session(("COSMOS_TIMEOUT_SECONDS", "1"));
        var documents = hurried.Documents(Note.Type);
        await Warm(documents);
        gateway.OnCall = _ => new CosmosFault { Delay = TimeSpan.FromSeconds(120) };

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => documents.ReadAsync("a", "there", Stop));

        Assert.Contains("longer than 1 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_WhoGoesAway_IsNotToldOfTheStore()
    {
        gateway.OnCall = _ => new CosmosFault { Delay = TimeSpan.FromSeconds(120) };
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var read = notes.ReadAsync("a", "there", gone.Token);
        await Eventually.TrueAsync(() => gateway.Calls.Any(c => c.Kind == "read"), "the read");
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task Account_ThatIsNotThereAtFirst_IsUnavailableAndThenWorks()
    {
        var port = gateway.Url.Port;
        await using var early = Session(("COSMOS_TIMEOUT_SECONDS", "2"));
        await gateway.DisposeAsync();
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => early.Store.CheckAsync(Stop));
        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);

        gateway = await CosmosGateway.StartAsync(time, Stop, port);

        await Eventually.TrueAsync(() => WorksAsync(early.Store), "the store works");
    }

    private static async Task<bool> WorksAsync(IStoreMaintenance store)
    {
        try
        {
            await store.CheckAsync(Stop);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>A machine that is busy may take longer than a short limit for the first call.</summary>
    private static Task Warm(IDocuments<Note> documents) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                return await documents.ReadAsync("a", "there", Stop) is not null;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        },
        "the store answers");

    [Fact]
    public async Task Key_ThatIsWrong_IsUnavailableAndSaidOnceByNameAlone()
    {
        var wrong = Convert.ToBase64String(new byte[48]);
        await using var stranger = Session(("COSMOS_KEY", wrong));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => stranger.Store.CheckAsync(Stop));

        Assert.Contains("COSMOS_KEY", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, failure.ToString(), StringComparison.Ordinal);
        Assert.All(stranger.Log.Lines, line => Assert.DoesNotContain(wrong, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Container_ThatIsMissing_IsSaidByNameAndNeverTakenForMissingDocuments()
    {
        await using var other = Session(("COSMOS_CREATE", "false"), ("COSMOS_CONTAINER", "elsewhere"));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => other.Documents(Note.Type).ReadAsync("a", "there", Stop));

        Assert.Contains("nightwatch/elsewhere", failure.Message, StringComparison.Ordinal);
        Assert.Contains("COSMOS_CREATE", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consistency_ThatIsWeak_IsWarnedOfOnce()
    {
        gateway.Consistency = "Session";
        await using var weak = Session();
        await weak.Store.CheckAsync(Stop);
        await weak.Store.CheckAsync(Stop);

        Assert.Single(weak.Log.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Session consistency", StringComparison.Ordinal));
        Assert.DoesNotContain(session.Log.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queries_ThatTheServiceCallsDistributed_GiveTheSamePages()
    {
        await notes.WriteManyAsync("b", [.. Enumerable.Range(0, 23).Select(i => DocumentWrite<Note>.Create($"n{i:00}", new Note { Text = "x", Size = i % 5 }))], Stop);
        var query = new DocumentQuery { OrderBy = "size", Descending = true, PageSize = 20 };
        var straight = await notes.QueryAsync("b", query, Stop);
        (gateway.Distributes, gateway.MaxPage) = (true, 4);

        var planned = await notes.QueryAsync("b", query, Stop);

        Assert.Equal(straight.Documents.Select(d => d.Id), planned.Documents.Select(d => d.Id));
        Assert.Equal(straight.ContinuationToken, planned.ContinuationToken);
        Assert.Contains(gateway.Calls, c => c.Kind == "plan");
    }

    private CosmosSession Session(params (string, string)[] settings) => new(gateway.Url, CosmosGateway.Key, time, settings);
}
