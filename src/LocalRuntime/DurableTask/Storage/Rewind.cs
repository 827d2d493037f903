using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Lets a failed instance run again from its failure, and the failed sub-orchestrations that it waits for with it, in one transaction: what failed leaves
/// history, and a message makes a worker play it.
/// </summary>
internal sealed class Rewind(string reason, long now, long? worker)
{
    private readonly Woken woken = new();

    /// <summary>Rewinds a failed instance.</summary>
    /// <exception cref="HistoryUnreadableException">Its history cannot be read.</exception>
    /// <exception cref="InvalidOperationException">It held locks of entities or waited for one.</exception>
    public Woken Run(SqliteSession session, InstanceRecord record)
    {
        RunOne(session, record);
        return woken;
    }

    private void RunOne(SqliteSession session, InstanceRecord record)
    {
        var rows = ReadRows(session, record.Key);
        var plan = new RewindPlan([.. rows.SelectMany(row => row.Lines)]);
        if (plan.Obstacle is { } obstacle)
        {
            throw new InvalidOperationException($"Instance '{record.Id}' {obstacle}; it cannot be rewound. Restart it.");
        }

        Reopen(session, record);
        foreach (var child in plan.Children)
        {
            if (!Renew(session, record, child))
            {
                plan.StartAnew(child);
            }
        }

        WriteRows(session, rows, plan);
        foreach (var timer in plan.Timers)
        {
            InstanceWriter.AddTimer(session, record.Key, record.Execution, timer.Task, timer.Ticks, woken);
        }

        InstanceWriter.Send(
            session, record.Key, record.Execution, new HistoryEvent(HistoryKind.Rewound) { Data = reason, Ticks = now, Flag = true }, worker, woken);
    }

    /// <summary>False when the sub-orchestration must be started anew.</summary>
    private bool Renew(SqliteSession session, InstanceRecord parent, HistoryEvent call)
    {
        if (InstanceRecord.Load(session, call.Target!) is not { } child || child.Parent is not { } link ||
            (link.Key, link.Execution, link.Task) != (parent.Key, parent.Execution, call.Task))
        {
            return false;
        }

        switch (child.Status)
        {
            case OrchestrationRuntimeStatus.Failed:
                RunOne(session, child);
                return true;
            case OrchestrationRuntimeStatus.Completed:
                // It ended while nobody listened.
                var output = child.OutputPayload is { } payload ? PayloadTable.Read(session, payload) : child.Output;
                InstanceWriter.Send(
                    session, parent.Key, parent.Execution, new HistoryEvent(HistoryKind.SubCompleted) { Task = call.Task, Data = output }, worker, woken);
                return true;
            default:
                return child.Completed is null;
        }
    }

    private void Reopen(SqliteSession session, InstanceRecord record)
    {
        if (record.OutputPayload is { } output)
        {
            PayloadTable.Delete(session, output);
        }

        session.Execute(
            """
            UPDATE instances SET status = $2, completed = NULL, failure = NULL, output = NULL, output_payload = NULL, aside = NULL, tries = 0,
              turn = turn + 1, updated = $3 WHERE key = $1
            """,
            record.Key, (int)OrchestrationRuntimeStatus.Running, now);
    }

    private static List<(long Key, List<HistoryEvent> Lines)> ReadRows(SqliteSession session, long key)
    {
        var rows = new List<(long, List<HistoryEvent>)>();
        using var reader = session.Query(
            "SELECT key, lines FROM history WHERE key >= $1 AND key < $2 ORDER BY key", DurableSchema.Key(key, 0), DurableSchema.Key(key + 1, 0));
        while (reader.Read())
        {
            var lines = new List<HistoryEvent>();
            HistoryCodec.Read(reader.GetFieldValue<byte[]>(1), lines);
            rows.Add((reader.GetInt64(0), lines));
        }

        return rows.Count > 0 ? rows : throw new HistoryUnreadableException("The instance has no history.");
    }

    private static void WriteRows(SqliteSession session, List<(long Key, List<HistoryEvent> Lines)> rows, RewindPlan plan)
    {
        var marks = plan.Marks(rows.SelectMany(row => row.Lines));
        foreach (var (key, lines) in rows)
        {
            IEnumerable<HistoryEvent> kept = lines.Where(line => !plan.Removes(line));
            List<HistoryEvent> after = [.. kept, .. key == rows[^1].Key ? marks : []];
            if (after.Count != lines.Count || key == rows[^1].Key)
            {
                session.Execute("UPDATE history SET lines = $2 WHERE key = $1", key, HistoryCodec.Write(after));
            }
        }
    }
}
