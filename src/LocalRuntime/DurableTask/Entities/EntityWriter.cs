using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// Makes an entity's turn durable: its operations leave the queue, its state is replaced, answers and effects are sent, all in the caller's transaction.
/// The update of the instance's row fails the whole when another turn was there first or the worker's lease is gone.
/// </summary>
internal static class EntityWriter
{
    private const string Update =
        "UPDATE instances SET turn = turn + 1, updated = $5, tries = 0, pending = " + EntityInbox.HasReady + ", " +
        "owner = CASE WHEN " + EntityInbox.HasReady + " THEN $4 END " +
        "WHERE key = $1 AND turn = $3 AND (owner IS NULL OR owner = $4) AND EXISTS(SELECT 1 FROM workers WHERE id = $4) RETURNING pending";

    /// <summary>True when more can run already.</summary>
    /// <exception cref="TurnConflictException">The turn is based on what is no longer true.</exception>
    public static (bool More, Woken Woken) Commit(SqliteSession session, EntityCommit commit, long worker)
    {
        var (key, woken) = (commit.Before.Key, new Woken());
        foreach (var outcome in commit.Outcomes)
        {
            Take(session, key, outcome.Message);
            EntityInbox.Answer(session, outcome.Message, Line(outcome), worker, woken);
        }

        if (commit.Outcomes.Count > 0)
        {
            session.Execute("UPDATE entities SET state = $2 WHERE key = $1", key, commit.State);
        }

        foreach (var effect in commit.Effects)
        {
            Send(session, effect, commit.Now, worker, woken);
        }

        if (commit.Lock is { } request)
        {
            Take(session, key, request);
            EntityLocks.Grant(session, commit.Before, request, commit.Now, worker, woken);
        }

        ArmTimer(session, key, commit.Now, woken);
        return (UpdateInstance(session, commit, worker), woken);
    }

    /// <summary>Removes an entity that has no lock and nothing waiting, or that was set aside. False when it is in use.</summary>
    public static bool Delete(SqliteSession session, long key)
    {
        if (session.Scalar("SELECT 1 FROM entities WHERE key = $1 AND lock_owner IS NULL AND NOT EXISTS(SELECT 1 FROM operations WHERE entity = $1)", key) is null)
        {
            return false;
        }

        session.Execute("DELETE FROM entities WHERE key = $1", key);
        InstanceWriter.Delete(session, key);
        return true;
    }

    private static void Take(SqliteSession session, long key, EntityMessage message)
    {
        if (session.Execute("DELETE FROM operations WHERE seq = $1 AND entity = $2", message.Sequence, key) != 1)
        {
            throw new TurnConflictException("An operation was taken by another turn, or its caller has ended.");
        }
    }

    private static HistoryEvent Line(OperationOutcome outcome) => outcome.Failure is { } failure
        ? new HistoryEvent(HistoryKind.EntityFailed) { Failure = failure }
        : new HistoryEvent(HistoryKind.EntityCompleted) { Data = outcome.Result };

    private static void Send(SqliteSession session, EntityEffect effect, long now, long worker, Woken woken)
    {
        switch (effect)
        {
            case SignalEffect signal:
                EntityInbox.Post(session, signal.Target, signal.Message, now, worker, woken);
                break;
            case StartEffect { Instance: var instance }:
                Start(session, instance, now, worker, woken);
                break;
        }
    }

    // An instance that runs is left alone; one that has ended is replaced.
    private static void Start(SqliteSession session, NewInstance instance, long now, long worker, Woken woken)
    {
        if (InstanceWriter.Find(session, instance.Id) is { } existing)
        {
            if (existing.Status is not (OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated))
            {
                return;
            }

            InstanceWriter.Delete(session, existing.Key);
        }

        InstanceWriter.Create(session, instance, now, worker, woken);
    }

    private static void ArmTimer(SqliteSession session, long key, long now, Woken woken)
    {
        if (session.Scalar("SELECT MIN(due) FROM operations WHERE entity = $1 AND due > $2", key, now) is long due)
        {
            EntityInbox.ArmTimer(session, key, due, woken);
        }
    }

    private static bool UpdateInstance(SqliteSession session, EntityCommit commit, long worker)
    {
        var before = commit.Before;
        var updated = commit.Outcomes.Count > 0 ? Math.Max(before.Updated, commit.Now) : before.Updated;
        using var reader = session.Query(Update, before.Key, commit.Now, before.Turn, worker, updated);
        if (!reader.Read())
        {
            throw new TurnConflictException("Another turn of the entity was first, or the lease is lost.");
        }

        return reader.GetInt64(0) != 0;
    }
}
