using Microsoft.DurableTask.Client;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Ends an instance that the engine cannot play, and tells whoever waits for it. Runs inside a transaction of the caller.</summary>
internal static class SettingAside
{
    public static void Write(
        SqliteSession session, InstanceRecord instance, string reason, string failure, TurnEnd end, long now, long worker, Woken woken)
    {
        var changed = session.Execute(
            """
            UPDATE instances SET status = $2, aside = $3, failure = $4, output = $3, completed = $5, updated = $5, pending = 0, owner = NULL, turn = turn + 1
            WHERE key = $1 AND completed IS NULL
            """,
            instance.Key, (int)OrchestrationRuntimeStatus.Failed, reason, failure, now);
        if (changed == 0)
        {
            return;
        }

        var commit = new TurnCommit
        {
            Before = instance,
            Outcome = TurnOutcome.Ended([], end),
            Taken = [],
            Answers = [],
            Now = now,
            KeepActivities = 0,
        };
        TurnActions.WriteEnd(session, commit, end, worker, woken);
        if (instance.IsEntity)
        {
            EntityInbox.Refuse(session, instance, reason, worker, woken);
        }
    }
}
