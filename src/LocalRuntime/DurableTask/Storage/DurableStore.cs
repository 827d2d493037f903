using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Everything the engine does with durable.db: one job per decision, committed together with whatever else waits for the disk.</summary>
internal sealed class DurableStore : IDisposable
{
    private readonly SqliteGroupWriter writer;
    private readonly SqliteReaders readers;
    private readonly Action<CommitPoint>? faults;

    /// <summary>Opens (and creates) the file.</summary>
    /// <exception cref="InvalidOperationException">A newer program has written the file.</exception>
    public DurableStore(string path, Action<CommitPoint>? faults)
    {
        this.faults = faults;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        writer = new SqliteGroupWriter(path);
        readers = new SqliteReaders(path);
    }

    public Task CreateAsync() => writer.WriteAsync(session =>
    {
        DurableSchema.Create(session);
        return true;
    });

    /// <summary>Runs a job in the next group's transaction.</summary>
    public async Task<TResult> WriteAsync<TResult>(Func<SqliteSession, TResult> job)
    {
        faults?.Invoke(CommitPoint.Before);
        var result = await writer.WriteAsync(job).ConfigureAwait(false);
        faults?.Invoke(CommitPoint.After);
        return result;
    }

    public TResult Read<TResult>(Func<SqliteSession, TResult> query) => readers.Read(query);

    public Task<TurnResult> CommitTurnAsync(TurnCommit commit, long worker) => WriteAsync(session => TurnWriter.Commit(session, commit, worker));

    /// <summary>Puts answers into the inbox where no turn could take them directly. An answer of a lost activity is dropped.</summary>
    public Task<Woken> PostAnswersAsync(IReadOnlyList<ActivityAnswer> answers, long worker) => WriteAsync(session =>
    {
        var woken = new Woken();
        foreach (var answer in answers)
        {
            if (session.Execute("DELETE FROM activities WHERE key = $1 AND execution = $2 AND owner = $3", answer.Key, answer.Execution, worker) == 1)
            {
                InstanceWriter.Send(session, answer.Key >> DurableSchema.MinorBits, answer.Execution, answer.Line, worker, woken);
            }
        }

        return woken;
    });

    /// <summary>Frees an instance that this worker must not run, with what it has in hand for it, for a worker that may.</summary>
    public Task<bool> LeaveAsync(long key, IReadOnlyList<ActivityAnswer> answers, long worker) => WriteAsync(session =>
    {
        var woken = new Woken();
        foreach (var answer in answers)
        {
            if (session.Execute("DELETE FROM activities WHERE key = $1 AND execution = $2 AND owner = $3", answer.Key, answer.Execution, worker) == 1)
            {
                InstanceWriter.Send(session, key, answer.Execution, answer.Line, null, woken);
            }
        }

        return session.Execute("UPDATE instances SET owner = NULL WHERE key = $1 AND owner = $2", key, worker) == 1;
    });

    public InstanceRecord? Load(long key) => Read(session => InstanceRecord.Load(session, key));

    /// <summary>An orchestration by its id.</summary>
    public InstanceRecord? Load(string id) => Read(session => InstanceRecord.Load(session, id));

    /// <summary>The first rows of an instance's history.</summary>
    /// <exception cref="HistoryUnreadableException">Rows are missing or damaged.</exception>
    public List<HistoryEvent> LoadHistory(long key, int rows) => Read(session =>
    {
        var lines = new List<HistoryEvent>();
        var found = 0;
        using var reader = session.Query(
            "SELECT lines FROM history WHERE key >= $1 AND key < $2 ORDER BY key", DurableSchema.Key(key, 0), DurableSchema.Key(key, rows));
        while (reader.Read())
        {
            HistoryCodec.Read(reader.GetFieldValue<byte[]>(0), lines);
            found++;
        }

        return found == rows ? lines : throw new HistoryUnreadableException($"The history has {found} of {rows} turns.");
    });

    public List<InboxMessage> LoadInbox(long key, int limit) => Read(session =>
    {
        var messages = new List<InboxMessage>();
        var lines = new List<HistoryEvent>(1);
        using var reader = session.Query("SELECT seq, execution, line FROM inbox WHERE instance = $1 ORDER BY seq LIMIT $2", key, limit);
        while (reader.Read())
        {
            lines.Clear();
            HistoryCodec.Read(reader.GetFieldValue<byte[]>(2), lines);
            messages.Add(new InboxMessage(reader.GetInt64(0), reader.GetInt64(1), lines[0]));
        }

        return messages;
    });

    /// <summary>A line's payload, wherever it lies.</summary>
    /// <exception cref="HistoryUnreadableException">The payload is gone.</exception>
    public string? Data(HistoryEvent line) => line.Payload == 0 ? line.Data : Payload(line.Payload);

    /// <exception cref="HistoryUnreadableException">The payload is gone.</exception>
    public string Payload(long key) => Read(session => PayloadTable.Read(session, key));

    /// <summary>The long input of an activity; Found is false when the activity is gone.</summary>
    public (bool Found, string? Input) ActivityInput(ActivityWork work) => Read(session =>
    {
        using var reader = session.Query("SELECT input FROM activities WHERE key = $1 AND execution = $2", work.Key, work.Execution);
        return reader.Read() ? (true, reader.GetString(0)) : (false, null);
    });

    /// <summary>True while a delayed start has not come.</summary>
    public bool WaitsForStart(long key) =>
        Read(session => session.Scalar("SELECT 1 FROM timers WHERE key = $1", DurableSchema.Key(key, DurableSchema.StartTimer)) is not null);

    /// <summary>Ends an instance that the engine cannot play. Its history stays as it is.</summary>
    public Task<Woken> SetAsideAsync(InstanceRecord instance, string reason, string failure, TurnEnd end, long now, long worker) => WriteAsync(session =>
    {
        var woken = new Woken();
        SettingAside.Write(session, instance, reason, failure, end, now, worker, woken);
        return woken;
    });

    public void Dispose()
    {
        writer.Dispose();
        readers.Dispose();
    }
}

/// <summary>Where a fault hook may strike.</summary>
internal enum CommitPoint
{
    Before,
    After,
}
