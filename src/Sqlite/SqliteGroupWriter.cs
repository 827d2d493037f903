using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Nightwatch.Sqlite;

/// <summary>
/// The one writer of a file in this process. Work that arrives while a commit is on its way to the disk is committed together by the next one, so that
/// many callers share an fsync. A task completes after the commit that holds it; work that throws is rolled back alone.
/// </summary>
internal sealed class SqliteGroupWriter : IDisposable
{
    private const int MaxGroup = 512;

    private readonly BlockingCollection<Work> queue = [];
    private readonly Thread thread;
    private readonly SqliteSession session;

    public SqliteGroupWriter(string path)
    {
        session = SqliteSession.Open(path);
        thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="work"/> inside the next group's transaction. The delegate runs on the writer's thread: no waiting, no I/O but SQLite.
    /// </summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The file is locked, full or damaged; nothing of the work is stored.</exception>
    public async Task<TResult> WriteAsync<TResult>(Func<SqliteSession, TResult> work)
    {
        var item = new Work<TResult>(work);
        try
        {
            queue.Add(item);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteGroupWriter));
        }

        return await item.Completion.Task.ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (queue.IsAddingCompleted)
        {
            return;
        }

        queue.CompleteAdding();
        thread.Join();
        session.Dispose();
        queue.Dispose();
    }

    private void Run()
    {
        var group = new List<Work>(MaxGroup);
        foreach (var first in queue.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < MaxGroup && queue.TryTake(out var next))
            {
                group.Add(next);
            }

            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<Work> group)
    {
        var begun = false;
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            begun = true;
            foreach (var work in group)
            {
                Apply(work);
            }

            session.Execute("COMMIT");
        }
        catch (Exception failure)
        {
            if (begun)
            {
                TryRollback();
            }

            group.ForEach(work => work.Fail(failure));
            return;
        }

        group.ForEach(work => work.Complete());
    }

    private void Apply(Work work)
    {
        session.Execute("SAVEPOINT work");
        try
        {
            work.Run(session);
        }
        catch (Exception failure)
        {
            UndoOne(failure);
            work.Failure = failure;
        }

        session.Execute("RELEASE work");
    }

    // An error such as a full disk ends the whole transaction: then there is no savepoint any more, and the group fails as one, of that error.
    private void UndoOne(Exception failure)
    {
        try
        {
            session.Execute("ROLLBACK TO work");
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void TryRollback()
    {
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // SQLite has already rolled back by itself.
        }
    }

    private abstract class Work
    {
        public Exception? Failure { get; set; }

        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<TResult>(Func<SqliteSession, TResult> work) : Work
    {
        private TResult? result;

        public TaskCompletionSource<TResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(SqliteSession session) => result = work(session);

        public override void Complete()
        {
            if (Failure is not null)
            {
                Completion.SetException(Failure);
            }
            else
            {
                Completion.SetResult(result!);
            }
        }

        public override void Fail(Exception failure) => Completion.SetException(Failure ?? failure);
    }
}
