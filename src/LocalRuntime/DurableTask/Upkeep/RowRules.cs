using System.Globalization;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>What must hold between the rows of the file, as conditions of SQL: each names the rows that break it.</summary>
internal static class RowRules
{
    private const string OtherRun = "(SELECT 1 FROM instances i WHERE i.key = t.key >> 24 AND i.execution <> t.execution)";
    private const string Removed = "removed";

    private static readonly Rule[] Impossible =
    [
        new("instances", "t.status NOT BETWEEN 0 AND 7 OR t.execution < 0 OR t.turn < 0 OR t.rows NOT BETWEEN 0 AND 16777215 OR t.tries < 0", "instances have numbers that cannot be", Removed, null),
        new("instances", "t.execution = 0 AND (t.id NOT GLOB '@?*@*' OR NOT EXISTS(SELECT 1 FROM entities e WHERE e.key = t.key))", "entities have lost their state", Removed, null),
        new("instances", "t.parent IS NOT NULL AND (t.parent_id IS NULL OR t.parent_name IS NULL OR t.parent_execution IS NULL OR t.parent_task NOT BETWEEN 0 AND 16777215)", "instances do not say whose call they answer", "told nobody", "parent = NULL"),
        new("operations", "t.kind NOT BETWEEN 0 AND 2 OR (t.caller IS NULL) <> (t.kind = 0) OR (t.caller IS NOT NULL AND (t.caller_execution IS NULL OR t.caller_task IS NULL)) OR (t.kind = 2 AND NOT (CASE WHEN json_valid(t.input) THEN json_type(t.input) = 'array' ELSE 0 END))", "operations cannot be read", Removed, null),
    ];

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

    public static IEnumerable<StoreFinding> Find(SqliteSession session) => Find(session, [.. Malformed(session), .. All]);

    /// <summary>True when some rows cannot be read as what they are: then nothing else can be said of instances.</summary>
    public static bool AnyMalformed(SqliteSession session) => Find(session, Malformed(session)).Any();

    public static void Repair(SqliteSession session)
    {
        foreach (var rule in (List<Rule>)[.. Malformed(session), .. All])
        {
            session.Execute(rule.Change is null
                ? $"DELETE FROM {rule.Table} AS t WHERE {rule.Broken}"
                : $"UPDATE {rule.Table} AS t SET {rule.Change} WHERE {rule.Broken}");
        }
    }

    private static IEnumerable<StoreFinding> Find(SqliteSession session, IEnumerable<Rule> rules) => rules
        .Select(rule => (Rule: rule, Count: Convert.ToInt64(session.Scalar($"SELECT COUNT(*) FROM {rule.Table} t WHERE {rule.Broken}"), CultureInfo.InvariantCulture)))
        .Where(found => found.Count > 0)
        .Select(found => new StoreFinding($"{found.Count} {found.Rule.What}", found.Rule.Repair));

    private static List<Rule> Malformed(SqliteSession session) =>
    [
        .. from table in DurableSchema.Tables
           let broken = ColumnTypes.Broken(session, table)
           where broken is not null
           select new Rule(table, broken, $"rows of {table} have values of a wrong type", Removed, null),
        .. Impossible,
    ];

    private static Rule Orphans(string table, string key) =>
        new(table, $"NOT EXISTS(SELECT 1 FROM instances i WHERE i.key = {key})", $"rows of {table} belong to no instance", Removed, null);

    private static Rule Leftovers(string table, string key) =>
        new(table, $"EXISTS(SELECT 1 FROM instances i WHERE i.key = {key} AND i.completed IS NOT NULL)", $"rows of {table} are left of instances that have ended", Removed, null);

    /// <summary>Rows "t" of a table that break the rule; a repair makes the change, or removes them when there is none.</summary>
    private sealed record Rule(string Table, string Broken, string What, string Repair, string? Change);
}
