using System.Globalization;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What must hold between the rows of the file, as conditions of SQL: each names the rows that break it.</summary>
internal static class RowRules
{
    private const string OtherRun = "(SELECT 1 FROM instances i WHERE i.key = t.key >> 24 AND i.execution <> t.execution)";
    private const string Removed = "removed";

    private static readonly Rule[] All =
    [
        .. new[] { "history", "activities", "timers", "payloads" }.Select(table => Orphans(table, "t.key >> 24")),
        Orphans("inbox", "t.instance"),
        Orphans("entities", "t.key"),
        Orphans("operations", "t.entity"),
        .. new[] { "activities", "timers" }.Select(table => Leftovers(table, "t.key >> 24")),
        Leftovers("inbox", "t.instance"),
        Leftovers("operations", "t.entity"),
        .. new[] { "activities", "timers" }.Select(table => new Rule(table, $"EXISTS{OtherRun}", $"rows of {table} belong to an earlier run of their instance", Removed, null)),
        new("instances", "t.pending = 1 AND t.owner IS NOT NULL AND t.owner NOT IN (SELECT id FROM workers)", "instances are owned by a worker that never was", "freed", "owner = NULL"),
        new("activities", "t.owner IS NOT NULL AND t.owner NOT IN (SELECT id FROM workers)", "activities are owned by a worker that never was", "freed", "owner = NULL"),
        new("entities", "t.lock_owner IS NOT NULL AND NOT EXISTS(SELECT 1 FROM instances i WHERE i.key = t.lock_owner AND i.completed IS NULL)", "entities are locked by an orchestration that has ended", "unlocked", "lock_owner = NULL"),
        new("instances", "t.completed IS NULL AND t.execution > 0 AND t.pending = 0 AND EXISTS(SELECT 1 FROM inbox m WHERE m.instance = t.key)", "instances sleep though messages wait for them", "woken", "pending = 1, owner = NULL"),
        new("instances", $"t.completed IS NULL AND t.execution > 0 AND t.pending = 0 AND t.turn = 0 AND NOT EXISTS(SELECT 1 FROM timers d WHERE d.key = (t.key << 24) + {DurableSchema.StartTimer})", "instances were never started", "woken", "pending = 1, owner = NULL"),
        new("instances", $"t.completed IS NULL AND t.execution = 0 AND t.pending = 0 AND {EntityInbox.HasReady.Replace("$1", "t.key", StringComparison.Ordinal).Replace("$2", "0", StringComparison.Ordinal)}", "entities sleep though operations wait for them", "woken", "pending = 1, owner = NULL"),
        new("instances", "t.completed IS NOT NULL AND (t.pending = 1 OR t.owner IS NOT NULL)", "instances have ended and wait for a turn all the same", "put to rest", "pending = 0, owner = NULL"),
    ];

    public static IEnumerable<StoreFinding> Find(SqliteSession session) => All
        .Select(rule => (Rule: rule, Count: Convert.ToInt64(session.Scalar($"SELECT COUNT(*) FROM {rule.Table} t WHERE {rule.Broken}"), CultureInfo.InvariantCulture)))
        .Where(found => found.Count > 0)
        .Select(found => new StoreFinding($"{found.Count} {found.Rule.What}", found.Rule.Repair));

    public static void Repair(SqliteSession session)
    {
        foreach (var rule in All)
        {
            session.Execute(rule.Change is null
                ? $"DELETE FROM {rule.Table} AS t WHERE {rule.Broken}"
                : $"UPDATE {rule.Table} AS t SET {rule.Change} WHERE {rule.Broken}");
        }
    }

    private static Rule Orphans(string table, string key) =>
        new(table, $"NOT EXISTS(SELECT 1 FROM instances i WHERE i.key = {key})", $"rows of {table} belong to no instance", Removed, null);

    private static Rule Leftovers(string table, string key) =>
        new(table, $"EXISTS(SELECT 1 FROM instances i WHERE i.key = {key} AND i.completed IS NOT NULL)", $"rows of {table} are left of instances that have ended", Removed, null);

    /// <summary>Rows "t" of a table that break the rule; a repair makes the change, or removes them when there is none.</summary>
    private sealed record Rule(string Table, string Broken, string What, string Repair, string? Change);
}
