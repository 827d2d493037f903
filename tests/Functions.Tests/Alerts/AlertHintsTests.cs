using Nightwatch.Functions.Alerts;

namespace Nightwatch.Functions.Tests.Alerts;

public sealed class AlertHintsTests
{
    [Fact]
    public async Task Take_WebhookAlone_CarriesItsOwnAtOnce()
    {
        var hints = new AlertHints(new HeldTimers());
        using var visit = hints.Enter();

        Assert.Equal(["a"], await hints.TakeAsync("default", ["a"]));
        Assert.Equal(["b"], await hints.TakeAsync("default", ["b"]));
    }

    [Fact]
    public async Task Take_SeveralTogether_TheFirstCarriesAll()
    {
        var time = new HeldTimers();
        var hints = new AlertHints(time);
        using var one = hints.Enter();
        using var two = hints.Enter();

        var first = hints.TakeAsync("default", ["a", "b"]);
        var second = await hints.TakeAsync("default", ["c"]);
        Assert.False(first.IsCompleted);
        time.Fire();

        Assert.Empty(second);
        Assert.Equal(["a", "b", "c"], await first);
        Assert.Empty(await hints.TakeAsync("default", []));
    }

    [Fact]
    public async Task Take_ManyAtOnce_EachIdIsCarriedOnce()
    {
        var hints = new AlertHints(TimeProvider.System);
        var carried = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(async () =>
        {
            using var visit = hints.Enter();
            return await hints.TakeAsync("default", [$"{i}"]);
        })));

        Assert.Equal(Enumerable.Range(0, 2000), carried.SelectMany(ids => ids).Select(int.Parse).Order());
    }

    /// <summary>Timers that are over when the test says so.</summary>
    private sealed class HeldTimers : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timers.Add((callback, state));
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Fire() => timers.ForEach(t => t.Callback(t.State));
    }

    [Fact]
    public async Task Take_TwoTenantsTogether_NeitherCarriesTheOthersIds()
    {
        var hints = new AlertHints(TimeProvider.System);
        using var one = hints.Enter();
        using var two = hints.Enter();

        var taken = await Task.WhenAll(hints.TakeAsync("a", ["of-a"]), hints.TakeAsync("b", ["of-b"]));

        Assert.Equal(["of-a"], taken[0]);
        Assert.Equal(["of-b"], taken[1]);
    }
}
