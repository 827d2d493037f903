using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Limits;

/// <summary>Several limiters on one store are several processes.</summary>
public sealed class RateLimiterTests
{
    private static readonly RateLimit Small = new() { Name = "small", Permits = 10 };
    private static readonly RateLimit Large = new() { Name = "large", Permits = 1000 };
    private static readonly RateLimit Failures = new() { Name = "failures", Permits = 3, Penalty = TimeSpan.FromMinutes(1), KeyedByStrangers = true };

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));
    private readonly InMemoryDocuments<LimitBucket> store;

    public RateLimiterTests() => store = new InMemoryDocuments<LimitBucket>(LimitBucket.Type, time: time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_MoreThanTheLimit_IsRefusedUntilAPermitIsBack()
    {
        var limiter = Process();

        Assert.Equal(10, await GrantedAsync(limiter, Small, 15));
        var refused = await limiter.TakeAsync(Small, "t", "ann", 1, Stop);
        time.Advance(refused.RetryAfter);

        Assert.Equal(TimeSpan.FromSeconds(6), refused.RetryAfter);
        Assert.Equal(6, refused.RetryAfterSeconds);
        Assert.Equal(1, await GrantedAsync(limiter, Small, 3));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(59)]
    [InlineData(1000)]
    public async Task Take_BySeveralProcessesAtOnce_NeverGrantsMoreThanTheBucketHolds(int permits)
    {
        var limit = new RateLimit { Name = "shared", Permits = permits };
        var processes = Enumerable.Range(0, 4).Select(_ => Process()).ToList();

        var granted = await Task.WhenAll(processes.SelectMany(p => Enumerable.Range(0, 4).Select(_ => Task.Run(() => GrantedAsync(p, limit, permits), Stop))));

        Assert.Equal(permits, granted.Sum());
    }

    [Fact]
    public async Task Take_OverALongTimeInSeveralProcesses_StaysWithinTheDocumentedBound()
    {
        var processes = Enumerable.Range(0, 3).Select(_ => Process()).ToList();
        var granted = 0;
        for (var second = 0; second < 300; second++)
        {
            foreach (var process in processes)
            {
                granted += await GrantedAsync(process, Large, 60);
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(granted, 4 * Large.Permits, Large.Permits * (1 + ((300 + 10) / 60.0)));
    }

    [Fact]
    public async Task Take_ManyOnAHotKey_CostsFewWrites()
    {
        var granted = await GrantedAsync(Process(), Large, 1000);

        Assert.Equal(1000, granted);
        Assert.InRange(store.Faults.Writes, 1, 10);
    }

    [Fact]
    public async Task Take_WhileRefused_AsksTheStoreNoMore()
    {
        var limiter = Process();
        await GrantedAsync(limiter, Small, 11);
        var (reads, writes) = (store.Faults.Reads, store.Faults.Writes);

        Assert.Equal(0, await GrantedAsync(limiter, Small, 1000));
        Assert.Equal((reads, writes), (store.Faults.Reads, store.Faults.Writes));
    }

    [Fact]
    public async Task Take_OfAProcessThatDied_LosesItsLeaseOnly()
    {
        await Process().TakeAsync(Large, "t", "ann", 1, Stop);

        Assert.Equal(Large.Permits - Large.Lease, await GrantedAsync(Process(), Large, 2000));
    }

    [Fact]
    public async Task Take_OfOtherKeysTenantsAndLimits_AreBucketsOfTheirOwn()
    {
        var limiter = Process();
        await GrantedAsync(limiter, Small, 20);

        Assert.True((await limiter.TakeAsync(Small, "t", "bob", 1, Stop)).Granted);
        Assert.True((await limiter.TakeAsync(Small, "other", "ann", 1, Stop)).Granted);
        Assert.True((await limiter.TakeAsync(Small with { Name = "second" }, "t", "ann", 1, Stop)).Granted);
    }

    [Fact]
    public async Task Take_WithoutAStore_KeepsTheLimitInTheProcess()
    {
        store.Faults.Unavailable = true;
        var limiter = Process();

        Assert.Equal(10, await GrantedAsync(limiter, Small, 50));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, await GrantedAsync(limiter, Small, 50));
    }

    [Fact]
    public async Task Take_WhenTheStoreGoesAway_GoesOnFromWhatWasKnown()
    {
        var limiter = Process();
        await GrantedAsync(limiter, Small, 8);
        store.Faults.Unavailable = true;

        Assert.Equal(2, await GrantedAsync(limiter, Small, 50));
    }

    [Fact]
    public async Task Take_WhenTheStoreIsBack_AgreesWithTheOthersAgain()
    {
        store.Faults.Unavailable = true;
        var limiter = Process();
        await GrantedAsync(limiter, Small, 3);
        store.Faults.Unavailable = false;
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(10, await GrantedAsync(limiter, Small, 20) + await GrantedAsync(Process(), Small, 20));
    }

    [Fact]
    public async Task Take_WhoseLeasesAlwaysConflict_EndsWithTheProcessCountingByItself()
    {
        store.Faults.ConflictNext(int.MaxValue);

        Assert.Equal(10, await GrantedAsync(Process(), Small, 12));
    }

    [Fact]
    public async Task Take_WithChangingKeys_FillsNoMemory()
    {
        var limiter = Process(new RateLimiterOptions { MaxKeys = 100 });
        for (var i = 0; i < 1000; i++)
        {
            await limiter.TakeAsync(Small, "t", $"key {i}", 1, Stop);
        }

        Assert.InRange(limiter.KeysInMemory, 1, 101);
    }

    [Fact]
    public async Task Take_WithKeysOfStrangers_FillsNoStore()
    {
        var limiter = Process(new RateLimiterOptions { MaxStrangersPerMinute = 20 });
        for (var i = 0; i < 200; i++)
        {
            Assert.True((await limiter.TakeAsync(Failures, "-", $"address {i}", 1, Stop)).Granted);
        }

        Assert.Equal(20, store.All("-").Count);
        Assert.Equal(2, await GrantedAsync(limiter, Failures, 10, "-", "address 199"));
    }

    [Fact]
    public async Task Take_OfABucketThatIsFullAgain_LeavesNothingInTheStore()
    {
        await GrantedAsync(Process(), Small, 10);
        time.Advance(TimeSpan.FromSeconds(62));

        Assert.Empty(store.All("t"));
    }

    [Fact]
    public async Task Take_PastALimitWithPenalty_ShutsItForEveryProcess()
    {
        var (one, other) = (Process(), Process());
        Assert.True((await other.PeekAsync(Failures, "-", "a", Stop)).Granted);
        await GrantedAsync(one, Failures, 4, "-", "a");
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.False((await one.PeekAsync(Failures, "-", "a", Stop)).Granted);
        Assert.False((await other.PeekAsync(Failures, "-", "a", Stop)).Granted);
        Assert.True((await other.PeekAsync(Failures, "-", "b", Stop)).Granted);
        time.Advance(TimeSpan.FromSeconds(41));
        Assert.True((await other.PeekAsync(Failures, "-", "a", Stop)).Granted);
    }

    [Fact]
    public async Task Peek_ManyTimes_ReadsOnce()
    {
        var limiter = Process();
        for (var i = 0; i < 100; i++)
        {
            await limiter.PeekAsync(Failures, "-", "a", Stop);
        }

        Assert.Equal(1, store.Faults.Reads);
    }

    [Fact]
    public async Task Take_CancelledWhileItWaits_LeavesThePermitsToOthers()
    {
        var gate = new TaskCompletionSource();
        store.Faults.BeforeWrite = () => gate.Task;
        var limiter = Process();
        using var left = new CancellationTokenSource();
        var gone = limiter.TakeAsync(Small, "t", "ann", 1, left.Token).AsTask();
        var waits = limiter.TakeAsync(Small, "t", "ann", 1, Stop).AsTask();
        await left.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.True((await waits).Granted);
    }

    [Fact]
    public void Take_WithAClockBehind_GivesNothingTwice()
    {
        var now = time.GetUtcNow();
        var (_, _, emptied) = LimitBucket.Full(Small, now).Take(Small, 10, now);

        Assert.Equal(0, emptied.Take(Small, 1, now.AddHours(-1)).Given);
        Assert.Equal(1, emptied.Take(Small, 1, now.AddHours(-1)).Next.Take(Small, 5, now.AddSeconds(6)).Given);
    }

    private static async Task<int> GrantedAsync(RateLimiter limiter, RateLimit limit, int times, string partition = "t", string key = "ann")
    {
        var granted = 0;
        for (var i = 0; i < times; i++)
        {
            granted += (await limiter.TakeAsync(limit, partition, key, 1, Stop)).Granted ? 1 : 0;
        }

        return granted;
    }

    private RateLimiter Process(RateLimiterOptions? options = null) =>
        new(store, Options.Create(options ?? new RateLimiterOptions()), time, NullLogger<RateLimiter>.Instance);
}
