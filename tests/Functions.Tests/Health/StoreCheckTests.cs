using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Health;

namespace Nightwatch.Functions.Tests.Health;

public sealed class StoreCheckTests
{
    private readonly HandStore store = new();
    private readonly HandClock clock = new();
    private readonly StoreCheck check;

    public StoreCheckTests() => check = new StoreCheck(store, clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ManyAtOnceAndWithinASecond_WriteOnce()
    {
        var asked = Enumerable.Range(0, 100).Select(_ => check.RunAsync(Stop)).ToList();
        store.Answer.SetResult();
        await Task.WhenAll(asked);
        clock.Advance(TimeSpan.FromMilliseconds(999));
        await check.RunAsync(Stop);

        Assert.Equal(1, store.Checks);
    }

    [Fact]
    public async Task Run_AfterASecond_IsTheTruthOfNow()
    {
        store.Answer.SetResult();
        await check.RunAsync(Stop);
        clock.Advance(TimeSpan.FromSeconds(1));
        store.Answer = new TaskCompletionSource();
        store.Answer.SetException(new StoreUnavailableException("full"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => check.RunAsync(Stop));

        clock.Advance(TimeSpan.FromSeconds(1));
        store.Answer = new TaskCompletionSource();
        store.Answer.SetResult();
        await check.RunAsync(Stop);
        Assert.Equal(3, store.Checks);
    }

    [Fact]
    public async Task Run_OneCallerGoesAway_AnswersTheOthers()
    {
        using var gone = new CancellationTokenSource();
        var first = check.RunAsync(gone.Token);
        var second = check.RunAsync(Stop);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        store.Answer.SetResult();

        await second;
        Assert.Equal(1, store.Checks);
    }

    private sealed class HandStore : IStoreMaintenance
    {
        private int checks;

        public int Checks => Volatile.Read(ref checks);

        public TaskCompletionSource Answer { get; set; } = new();

        public Task CheckAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref checks);
            return Answer.Task.WaitAsync(cancellationToken);
        }

        public Task<int> RemoveExpiredAsync(CancellationToken cancellationToken) => Task.FromResult(0);
    }

    private sealed class HandClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
    }
}
