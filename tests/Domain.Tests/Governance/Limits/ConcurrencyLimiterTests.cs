using Microsoft.Extensions.Logging.Abstractions;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Limits;

public sealed class ConcurrencyLimiterTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(4);

    private readonly ManualTime time = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));
    private readonly InMemoryDocuments<LimitPlaces> store;

    public ConcurrencyLimiterTests() => store = new InMemoryDocuments<LimitPlaces>(LimitPlaces.Type, time: time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_ByTwoProcessesAtOnce_GivesNoMoreThanThePlaces()
    {
        var processes = new[] { Process(), Process() };

        var entered = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => EnterAsync(processes[i % 2]), Stop)));

        Assert.Equal(3, entered.Count(place => place is not null));
    }

    [Fact]
    public async Task Enter_AfterAPlaceWasLeft_GivesIt()
    {
        var limiter = Process();
        var first = await EnterAsync(limiter);
        await EnterAsync(limiter);
        await EnterAsync(limiter);
        Assert.Null(await EnterAsync(limiter));

        await first!.DisposeAsync();

        Assert.NotNull(await EnterAsync(Process()));
        Assert.Null(await EnterAsync(limiter));
    }

    [Fact]
    public async Task Enter_AfterAHolderDied_GivesItsPlaceWhenItsTimeIsOver()
    {
        var died = Process();
        for (var i = 0; i < 3; i++)
        {
            await EnterAsync(died);
        }

        time.Advance(Lifetime - TimeSpan.FromSeconds(1));
        Assert.Null(await EnterAsync(Process()));
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.NotNull(await EnterAsync(Process()));
    }

    [Fact]
    public async Task Enter_WithoutAStore_GivesAPlaceAndLeavingItIsNoFault()
    {
        store.Faults.Unavailable = true;
        var place = await EnterAsync(Process());

        await place!.DisposeAsync();
    }

    private static Task<IAsyncDisposable?> EnterAsync(ConcurrencyLimiter limiter) => limiter.EnterAsync("t", "ann", 3, Lifetime, Stop);

    private ConcurrencyLimiter Process() => new(store, time, NullLogger<ConcurrencyLimiter>.Instance);
}
