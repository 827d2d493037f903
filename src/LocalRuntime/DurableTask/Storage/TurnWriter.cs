using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Makes a turn durable: what it took leaves the inbox, its lines join history and what it asked for is queued, all in the caller's transaction. The
/// update of the instance's row fails the whole when another turn was there first or the worker's lease is gone.
/// </summary>
internal static class TurnWriter
{
    private const string Update =
        """
        UPDATE instances SET status = $3, version = $4, execution = $5, turn = turn + 1, rows = $6, updated = $7, completed = $8, custom = $9,
          failure = $10, output = $11, output_payload = $14, tries = 0,
          pending = ($12 OR ($8 IS NULL AND EXISTS(SELECT 1 FROM inbox WHERE instance = $1))),
          owner = CASE WHEN $12 OR ($8 IS NULL AND EXISTS(SELECT 1 FROM inbox WHERE instance = $1)) THEN $13 END
        WHERE key = $1 AND turn = $2 AND (owner IS NULL OR owner = $13) AND EXISTS(SELECT 1 FROM workers WHERE id = $13)
        RETURNING pending
        """;

    /// <exception cref="TurnConflictException">The turn is based on what is no longer true.</exception>
    public static TurnResult Commit(SqliteSession session, TurnCommit commit, long worker)
    {
        var before = commit.Before;
        Take(session, commit, worker);
        var after = MoveOutput(session, After(commit));
        var again = commit.Outcome.End?.Status == OrchestrationRuntimeStatus.ContinuedAsNew;
        var pending = UpdateInstance(session, before, after, again, worker);
        var woken = new Woken();
        var lines = WriteHistory(session, commit, after, again);
        foreach (var timer in commit.Outcome.CancelledTimers)
        {
            session.Execute("DELETE FROM timers WHERE key = $1", DurableSchema.Key(before.Key, timer));
        }

        var (kept, left) = TurnActions.Write(session, commit, worker, woken);
        if (commit.Outcome.End is { } end)
        {
            TurnActions.WriteEnd(session, commit, end, worker, woken);
        }

        return new TurnResult { After = after, Lines = lines, MoreInbox = pending, Kept = kept, LeftActivities = left, Woken = woken };
    }

    private static void Take(SqliteSession session, TurnCommit commit, long worker)
    {
        foreach (var message in commit.Taken)
        {
            if (session.Execute("DELETE FROM inbox WHERE seq = $1 AND instance = $2", message.Sequence, commit.Before.Key) != 1)
            {
                throw new TurnConflictException("A message was taken by another turn.");
            }

            if (message.Line.Payload != 0 && !commit.Outcome.Lines.Any(line => line.Payload == message.Line.Payload))
            {
                PayloadTable.Delete(session, message.Line.Payload);
            }
        }

        foreach (var answer in commit.Answers)
        {
            if (session.Execute("DELETE FROM activities WHERE key = $1 AND execution = $2 AND owner = $3", answer.Key, answer.Execution, worker) != 1)
            {
                throw new TurnConflictException("An activity was answered by another worker.");
            }
        }
    }

    private static bool UpdateInstance(SqliteSession session, InstanceRecord before, InstanceRecord after, bool again, long worker)
    {
        using var reader = session.Query(
            Update, before.Key, before.Turn, (int)after.Status, after.Version, after.Execution, after.Rows, after.Updated, after.Completed, after.Custom,
            after.Failure, after.Output, again ? 1 : 0, worker, after.OutputPayload);
        if (!reader.Read())
        {
            throw new TurnConflictException("Another turn of the instance was first, or the lease is lost.");
        }

        return reader.GetInt64(0) != 0;
    }

    private static InstanceRecord After(TurnCommit commit)
    {
        var (before, outcome) = (commit.Before, commit.Outcome);
        var next = before with
        {
            Turn = before.Turn + 1,
            Rows = before.Rows + 1,
            Updated = commit.Now,
            Custom = outcome.SetsCustomStatus ? outcome.CustomStatus : before.Custom,
            Status = outcome.Suspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running,
        };
        return outcome.End switch
        {
            null => next,
            { Status: OrchestrationRuntimeStatus.ContinuedAsNew } end => next with
            {
                Execution = before.Execution + 1,
                Rows = 1,
                Version = end.NewVersion ?? before.Version,
            },
            { } end => next with
            {
                Status = end.Status,
                Completed = commit.Now,
                Output = end.Output,
                Failure = end.Failure is null ? null : HistoryCodec.WriteFailure(end.Failure),
            },
        };
    }

    private static InstanceRecord MoveOutput(SqliteSession session, InstanceRecord after) => after.Output is { Length: > PayloadTable.InlineLength } output
        ? after with { Output = null, OutputPayload = PayloadTable.Add(session, after.Key, output) }
        : after;

    private static IReadOnlyList<HistoryEvent> WriteHistory(SqliteSession session, TurnCommit commit, InstanceRecord after, bool again)
    {
        var key = after.Key;
        if (!again)
        {
            var failures = commit.Outcome.End?.Causes.Select(task => new HistoryEvent(HistoryKind.FailedBy) { Task = task }) ?? [];
            return InstanceWriter.AddHistory(session, key, after.Rows - 1, [.. commit.Outcome.Lines, .. failures]);
        }

        session.Execute("DELETE FROM history WHERE key >= $1 AND key < $2", DurableSchema.Key(key, 0), DurableSchema.Key(key + 1, 0));
        var end = commit.Outcome.End!;
        PayloadTable.DeleteUnused(session, key, end.Carried);
        return InstanceWriter.AddHistory(
            session, key, 0, [new HistoryEvent(HistoryKind.ExecutionStarted) { Name = after.Name, Data = end.Output }, .. end.Carried]);
    }
}
