using Nightwatch.Domain.Storage;

namespace Nightwatch.Support;

/// <summary>
/// What goes wrong in one or several <see cref="InMemoryDocuments{T}"/>. Share one among the stores of a use case to count writes across them
/// and to let the process "die" between any two.
/// </summary>
public sealed class StoreFaults
{
    private readonly Lock gate = new();
    private int writesUntilFailure = -1;
    private bool failureIsAfterTheWrite;
    private int conflicts;

    /// <summary>While set, every call throws <see cref="StoreUnavailableException"/>.</summary>
    public bool Unavailable { get; set; }

    /// <summary>Runs before each write call is applied, outside the lock: the place for a competitor to write first.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>Documents written so far (conflicts not counted).</summary>
    public int Writes { get; private set; }

    /// <summary>Read, read-many and query calls so far.</summary>
    public int Reads { get; private set; }

    /// <summary>
    /// The <paramref name="nth"/> document write from now (1 is the next) throws; the ones of its batch before it are stored, the ones after are not.
    /// With <paramref name="applied"/> it is stored and throws all the same, as when the answer is lost.
    /// </summary>
    public void FailWrite(int nth, bool applied = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nth, 1);
        lock (gate)
        {
            writesUntilFailure = nth;
            failureIsAfterTheWrite = applied;
        }
    }

    /// <summary>The next writes that carry a condition answer a conflict though it holds.</summary>
    public void ConflictNext(int count = 1)
    {
        lock (gate)
        {
            conflicts = count;
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            (writesUntilFailure, conflicts, Unavailable, BeforeWrite, Reads, Writes) = (-1, 0, false, null, 0, 0);
        }
    }

    internal async Task BeforeWriteAsync()
    {
        await Task.Yield();
        ThrowIfUnavailable();
        if (BeforeWrite is { } hook)
        {
            await hook();
        }
    }

    internal void CountRead()
    {
        lock (gate)
        {
            Reads++;
        }

        ThrowIfUnavailable();
    }

    internal bool TakeConflict()
    {
        lock (gate)
        {
            return conflicts > 0 && conflicts-- > 0;
        }
    }

    /// <summary>Counts one write and runs it, or fails as asked.</summary>
    internal void Apply(Action write)
    {
        var fails = false;
        lock (gate)
        {
            fails = writesUntilFailure > 0 && --writesUntilFailure == 0;
        }

        if (fails && !failureIsAfterTheWrite)
        {
            throw new StoreUnavailableException("Told to fail before this write.");
        }

        write();
        lock (gate)
        {
            Writes++;
        }

        if (fails)
        {
            throw new StoreUnavailableException("Told to fail after this write.");
        }
    }

    private void ThrowIfUnavailable()
    {
        if (Unavailable)
        {
            throw new StoreUnavailableException("Told to be unavailable.");
        }
    }
}
