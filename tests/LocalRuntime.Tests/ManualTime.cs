using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests;

/// <summary>A clock that goes on only when told; timers that become due fire once, on the pool.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> armed = [];
    private DateTimeOffset now = start;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public void Advance(TimeSpan by) => MoveTo(() => now + by);

    /// <summary>Jumps without firing what was due in between: the time in which nothing ran.</summary>
    public void Set(DateTimeOffset time)
    {
        lock (gate)
        {
            now = time;
        }
    }

    /// <summary>
    /// Moves on from due time to due time until the condition holds. It moves only while so many wait for the clock as there are loops: while one of them is
    /// still at its work, on a machine however slow, no time passes that could cost it its lease.
    /// </summary>
    public Task AdvanceUntilAsync(Func<bool> condition, int loops = 1) => Eventually.TrueAsync(
        () =>
        {
            MoveTo(() => armed.Count < loops ? now : armed.Min(timer => timer.Due));
            return condition();
        },
        "the clock reached it");

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(Func<DateTimeOffset> next)
    {
        List<ManualTimer> due;
        lock (gate)
        {
            now = next();
            due = [.. armed.Where(timer => timer.Due <= now)];
            due.ForEach(timer => armed.Remove(timer));
        }

        due.ForEach(timer => ThreadPool.QueueUserWorkItem(_ => timer.Fire()));
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.armed.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = time.now + dueTime;
                    time.armed.Add(this);
                }
            }

            time.Advance(TimeSpan.Zero);
            return true;
        }

        public void Dispose()
        {
            lock (time.gate)
            {
                time.armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
