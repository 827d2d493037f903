using System.Globalization;
using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>What the file says after, or in the middle of, a course of events.</summary>
internal static class StoredOutcome
{
    private const string StillToDo = "completed IS NULL AND (execution > 0 OR pending = 1)";

    public static long Unended(DurableStore store) => store.Read(session => (long)session.Scalar($"SELECT COUNT(*) FROM instances WHERE {StillToDo}")!);

    /// <summary>What has not ended, and who has it.</summary>
    public static string Waiting(DurableStore store) => store.Read(session => (string?)session.Scalar(
        $"""
        SELECT group_concat(id || ' status ' || status || ' turn ' || turn || ' pending ' || pending || ' owner ' || COALESCE(owner, 'none') || ' inbox '
          || (SELECT COUNT(*) FROM inbox WHERE instance = instances.key), '; ') || '; workers ' || (SELECT group_concat(id) FROM workers)
        FROM instances WHERE {StillToDo}
        """)) ?? "";

    /// <summary>Each recipe came to its result, the shared counter to all tallies, and nothing waits any more.</summary>
    public static void AssertRight(DurableStore store, IReadOnlyList<Recipe> recipes, string course)
    {
        for (var i = 0; i < recipes.Count; i++)
        {
            var record = store.Load(SimulatedClient.IdOf(i))!;
            Assert.True(record.Status == OrchestrationRuntimeStatus.Completed, $"{record.Id} is {record.Status}: {record.Failure} {record.Aside}. {course}");
            Assert.True(record.Output == Text(recipes[i].Expected()), $"{record.Id} came to {record.Output}, not {recipes[i].Expected()}. {course}");
        }

        var shared = store.Read(session => (string?)session.Scalar(
            "SELECT state FROM entities JOIN instances USING (key) WHERE id = $1", RecipeFunctions.Shared.ToString())) ?? "0";
        Assert.True(shared == Text(recipes.Sum(recipe => recipe.Tallied())), $"The shared counter is {shared}. {course}");
        foreach (var table in new[] { "inbox", "activities", "timers", "operations" })
        {
            var left = store.Read(session => (long)session.Scalar($"SELECT COUNT(*) FROM {table}")!);
            Assert.True(left == 0, $"{left} rows are left in {table}. {course}");
        }
    }

    /// <summary>The doctor finds nothing.</summary>
    public static void AssertSound(DurableStore store, string course)
    {
        var findings = store.Read(session =>
        {
            // One snapshot, as the doctor takes it: engines may be at work.
            session.Execute("BEGIN");
            var found = StoreExamination.Examine(session);
            session.Execute("COMMIT");
            return found;
        });
        Assert.True(findings.Count == 0, $"{string.Join("; ", findings)}. {course}");
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
