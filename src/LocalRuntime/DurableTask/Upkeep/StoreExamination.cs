using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Looks through a durable file for what cannot go on by itself, and mends it. Not while an engine writes: its work would be mistaken for damage.</summary>
internal static class StoreExamination
{
    private const int Rounds = 8;

    /// <summary>Reads the whole file once; findings in the order in which a repair sees to them.</summary>
    public static IReadOnlyList<StoreFinding> Examine(SqliteSession session) =>
        [.. RowRules.Find(session), .. RowRules.AnyMalformed(session) ? [] : new HistoryRule(session).Find()];

    /// <summary>Mends what <see cref="Examine"/> finds, inside the caller's transaction. Time in UTC ticks.</summary>
    public static void Repair(SqliteSession session, long now)
    {
        // What is removed or set aside leaves rows behind and may be what another instance waits for.
        for (var round = 0; round < Rounds; round++)
        {
            RowRules.Repair(session);
            new HistoryRule(session).Repair(now);
            RowRules.Repair(session);
            if (Examine(session).Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>The workers whose lease is not over.</summary>
    public static long Alive(SqliteSession session, long now) => (long)session.Scalar("SELECT COUNT(*) FROM workers WHERE expires >= $1", now)!;
}
