using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Sends what an orchestrator asked of entities in a turn.</summary>
internal static class EntityActions
{
    public static void Write(SqliteSession session, TurnCommit commit, PendingAction action, long worker, Woken woken)
    {
        var (instance, line) = (commit.Before, action.Line);
        var caller = new EntityCaller(instance.Key, instance.Execution, line.Task);
        switch (line.Kind)
        {
            case HistoryKind.EntityCalled:
                Post(line.Target!, new EntityMessage(EntityMessageKind.Call, line.Name!, action.Input) { Caller = caller });
                break;
            case HistoryKind.EntitySignaled:
                Post(line.Target!, new EntityMessage(EntityMessageKind.Signal, line.Name!, action.Input) { Due = line.Ticks > commit.Now ? line.Ticks : null });
                break;
            case HistoryKind.EntityLockAsked:
                Post(EntityLocks.ReadIds(line.Target!)[0], new EntityMessage(EntityMessageKind.Lock, "", line.Target) { Caller = caller });
                break;
            default:
                EntityLocks.Release(session, instance.Key, commit.Now, worker, woken);
                break;
        }

        void Post(string id, EntityMessage message) => EntityInbox.Post(session, id, message, commit.Now, worker, woken);
    }
}
