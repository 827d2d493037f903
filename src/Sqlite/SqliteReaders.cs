using System.Collections.Concurrent;

namespace Nightwatch.Sqlite;

/// <summary>Connections for reading. In write-ahead mode a reader sees the last commit and never waits for a writer.</summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> idle = [];
    private volatile bool disposed;

    /// <summary>Runs <paramref name="read"/> on a connection of its own, inside one snapshot if it begins a transaction itself.</summary>
    public TResult Read<TResult>(Func<SqliteSession, TResult> read)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!idle.TryTake(out var session))
        {
            session = SqliteSession.Open(path);
        }

        try
        {
            var result = read(session);
            idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
