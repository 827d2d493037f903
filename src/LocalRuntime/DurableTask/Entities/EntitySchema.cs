namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>
/// The tables of entities. An entity is a row of "instances" whose id is "@name@key" and whose execution is 0, so that leases and wake-ups work as for
/// orchestrations; "entities" holds its state and its lock, "operations" what waits for it. Its next scheduled signal waits in "timers" under the number of
/// a delayed start: when it fires the entity is woken and looks for itself. "pending" means that an operation can run now: one that a lock holds back or
/// that is not due does not count.
/// </summary>
internal static class EntitySchema
{
    /// <summary>The execution of rows that are entities; orchestrations count theirs from 1.</summary>
    public const long Execution = 0;

    public static readonly string[] Statements =
    [
        "CREATE TABLE IF NOT EXISTS entities(key INTEGER PRIMARY KEY, state TEXT, lock_owner INTEGER)",
        "CREATE INDEX IF NOT EXISTS entities_lock ON entities(lock_owner) WHERE lock_owner IS NOT NULL",

        // A number is never used again: a turn that was computed with an operation that is gone must not take another in its place.
        """
        CREATE TABLE IF NOT EXISTS operations(
          seq INTEGER PRIMARY KEY AUTOINCREMENT, entity INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, due INTEGER,
          caller INTEGER, caller_execution INTEGER, caller_task INTEGER, input TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS operations_entity ON operations(entity, due)",
        "CREATE INDEX IF NOT EXISTS operations_caller ON operations(caller) WHERE caller IS NOT NULL",
        "DROP INDEX IF EXISTS instances_active",
    ];
}
