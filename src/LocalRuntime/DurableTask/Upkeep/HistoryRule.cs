using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// What must hold of a running orchestration's history: that it can be read, with all its turns and payloads, and that whatever it waits for is on its way.
/// A repair ends what cannot be read and answers what nobody will answer with a failure, which the orchestration's own code deals with.
/// </summary>
internal sealed class HistoryRule(SqliteSession session)
{
    private const string LostType = "WorkLost";

    private static readonly HistoryKind[] Asked = [HistoryKind.TaskScheduled, HistoryKind.SubScheduled, HistoryKind.EntityCalled, HistoryKind.EntityLockAsked];

    public IEnumerable<StoreFinding> Find() => Running().SelectMany(record => Read(record, out var lines) is { } unreadable
        ? [new StoreFinding($"Instance '{record.Id}' ({record.Name}) cannot be played: {unreadable}", "set aside as failed, with the reason")]
        : Lost(record, lines).Select(call => new StoreFinding(
            $"Instance '{record.Id}' ({record.Name}) waits for {PendingAction.Describe(call)}, which is not in the file",
            call.Kind == HistoryKind.TimerCreated ? "set anew for its time" : "answered with a failure")));

    public void Repair(long now)
    {
        foreach (var record in Running())
        {
            if (Read(record, out var lines) is { } unreadable)
            {
                SetAside(record, unreadable, now);
            }
            else
            {
                Lost(record, lines).ToList().ForEach(call => Answer(record, call));
            }
        }
    }

    private List<InstanceRecord> Running()
    {
        var records = new List<InstanceRecord>();
        using var reader = session.Query($"SELECT {InstanceRecord.Columns} FROM instances WHERE completed IS NULL AND execution > 0 ORDER BY key");
        while (reader.Read())
        {
            records.Add(InstanceRecord.Read(reader));
        }

        return records;
    }

    /// <summary>Null, or why the history cannot be read.</summary>
    private string? Read(InstanceRecord record, out List<HistoryEvent> lines)
    {
        lines = [];
        var rows = new List<byte[]>();
        using (var reader = session.Query(
            "SELECT lines FROM history WHERE key >= $1 AND key < $2 ORDER BY key", DurableSchema.Key(record.Key, 0), DurableSchema.Key(record.Key, record.Rows)))
        {
            while (reader.Read())
            {
                rows.Add(reader.GetFieldValue<byte[]>(0));
            }
        }

        if (rows.Count != record.Rows)
        {
            return $"its history has {rows.Count} of {record.Rows} turns";
        }

        try
        {
            foreach (var row in rows)
            {
                HistoryCodec.Read(row, lines);
            }
        }
        catch (HistoryUnreadableException damage)
        {
            return damage.Message;
        }

        if (lines.Count == 0 || lines[0].Kind != HistoryKind.ExecutionStarted || lines.Exists(line => !Enum.IsDefined(line.Kind)))
        {
            return "its history does not say how it was started, or has lines of unknown kinds";
        }

        var gone = lines.Count(line => line.Payload != 0 && session.Scalar("SELECT 1 FROM payloads WHERE key = $1", line.Payload) is null);
        return gone > 0 ? $"{gone} of its payloads are missing" : UnreadableMessage(record);
    }

    /// <summary>Null, or why a message that waits for the instance cannot be read: it may be an answer, or an event that nobody else knows of.</summary>
    private string? UnreadableMessage(InstanceRecord record)
    {
        using var reader = session.Query(
            "SELECT line, payload IS NOT NULL AND payload NOT IN (SELECT key FROM payloads) FROM inbox WHERE instance = $1", record.Key);
        while (reader.Read())
        {
            try
            {
                HistoryCodec.Read(reader.GetFieldValue<byte[]>(0), []);
            }
            catch (HistoryUnreadableException damage)
            {
                return "a message for it cannot be read: " + damage.Message;
            }

            if (reader.GetInt64(1) != 0)
            {
                return "the payload of a message for it is missing";
            }
        }

        return null;
    }

    // While messages wait, one of them may be the answer; and a rewind asks anew in its next turn.
    private IEnumerable<HistoryEvent> Lost(InstanceRecord record, List<HistoryEvent> lines)
    {
        if (record.Pending || record.Status == OrchestrationRuntimeStatus.Suspended || lines.Exists(line => line.Kind == HistoryKind.Rewound))
        {
            return [];
        }

        var answered = lines.Where(line => line.Task >= 0 && !Asked.Contains(line.Kind) && line.Kind != HistoryKind.TimerCreated)
            .Select(line => line.Task).Concat(CancelledTimers.Of(lines, key => PayloadTable.Read(session, key))).ToHashSet();
        return lines.Where(line => (Asked.Contains(line.Kind) || CancelledTimers.AreKnownOf(line)) && !answered.Contains(line.Task) && !IsOnItsWay(record, line));
    }

    private bool IsOnItsWay(InstanceRecord record, HistoryEvent call) => call.Kind switch
    {
        HistoryKind.TaskScheduled => Exists(
            "SELECT 1 FROM activities WHERE key = $1 AND execution = $2", DurableSchema.Key(record.Key, call.Task), record.Execution),
        HistoryKind.SubScheduled => Exists(
            "SELECT 1 FROM instances WHERE id = $1 AND parent = $2 AND parent_execution = $3 AND parent_task = $4 AND completed IS NULL",
            call.Target, record.Key, record.Execution, call.Task),
        HistoryKind.TimerCreated => Exists("SELECT 1 FROM timers WHERE key = $1 AND execution = $2", DurableSchema.Key(record.Key, call.Task), record.Execution),
        _ => Exists("SELECT 1 FROM operations WHERE caller = $1 AND caller_execution = $2 AND caller_task = $3", record.Key, record.Execution, call.Task),
    };

    private bool Exists(string sql, params ReadOnlySpan<object?> parameters) => session.Scalar(sql, parameters) is not null;

    private void SetAside(InstanceRecord record, string unreadable, long now)
    {
        var details = new TaskFailureDetails(nameof(HistoryUnreadableException), unreadable, null, null, null);
        var end = new TurnEnd(OrchestrationRuntimeStatus.Failed) { Output = unreadable, Failure = details };
        SettingAside.Write(session, record, $"A repair found that it cannot be played: {unreadable}", HistoryCodec.WriteFailure(details), end, now, 0, new Woken());
    }

    private void Answer(InstanceRecord record, HistoryEvent call)
    {
        if (call.Kind == HistoryKind.TimerCreated)
        {
            InstanceWriter.AddTimer(session, record.Key, record.Execution, call.Task, call.Ticks, new Woken());
            return;
        }

        var kind = call.Kind switch
        {
            HistoryKind.TaskScheduled => HistoryKind.TaskFailed,
            HistoryKind.SubScheduled => HistoryKind.SubFailed,
            _ => HistoryKind.EntityFailed,
        };
        var line = call.Kind == HistoryKind.SubScheduled && OutputOf(record, call) is { } completed ? completed : new HistoryEvent(kind)
        {
            Task = call.Task,
            Failure = new TaskFailureDetails(LostType, $"The store had lost {PendingAction.Describe(call)}; it may have been carried out.", null, null, null),
            Flag = true,
        };
        InstanceWriter.Send(session, record.Key, record.Execution, line, null, new Woken());
    }

    /// <summary>The answer of a sub-orchestration that has completed though its parent was not told.</summary>
    private HistoryEvent? OutputOf(InstanceRecord record, HistoryEvent call)
    {
        using var reader = session.Query(
            "SELECT output FROM instances WHERE id = $1 AND parent = $2 AND parent_execution = $3 AND parent_task = $4 AND status = $5 AND output_payload IS NULL",
            call.Target, record.Key, record.Execution, call.Task, (int)OrchestrationRuntimeStatus.Completed);
        return reader.Read()
            ? new HistoryEvent(HistoryKind.SubCompleted) { Task = call.Task, Data = reader.IsDBNull(0) ? null : reader.GetString(0) }
            : null;
    }
}
