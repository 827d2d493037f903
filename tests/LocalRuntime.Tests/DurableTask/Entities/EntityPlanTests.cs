using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Sqlite;

namespace Nightwatch.LocalRuntime.Tests.DurableTask.Entities;

/// <summary>What the engine asks of the tables of entities costs the same however much they hold: no statement reads a table from end to end.</summary>
public sealed class EntityPlanTests
{
    [Fact]
    public async Task Statements_OfTurnsLocksAndQueries_UseIndexes()
    {
        await using var host = await DurableHost.StartAsync(functions => functions.AddEntities());
        string[] statements =
        [
            "SELECT " + EntityInbox.HasReady,
            "SELECT seq FROM operations WHERE entity = $1 AND due <= $2 ORDER BY due, seq LIMIT 10",
            "SELECT seq FROM operations WHERE entity = $1 AND due IS NULL ORDER BY seq LIMIT 10",
            "SELECT seq FROM operations WHERE caller = $1 AND entity = $2 ORDER BY seq LIMIT 10",
            "SELECT MIN(due) FROM operations WHERE entity = $1 AND due > $2",
            "SELECT key FROM entities WHERE lock_owner = $1",
            "DELETE FROM operations WHERE caller = $1 AND kind = 2",
            EntityQueries.FirstPage,
            EntityQueries.NextPage,
        ];

        foreach (var statement in statements)
        {
            var plan = host.Engine.Store.Read(session => Plan(session, statement));
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN ", StringComparison.Ordinal) && !step.Contains("CONSTANT ROW", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) && !statement.Contains("caller", StringComparison.Ordinal));
        }
    }

    private static List<string> Plan(SqliteSession session, string statement)
    {
        var steps = new List<string>();
        using var reader = session.Query("EXPLAIN QUERY PLAN " + statement, 1, 1, 1, 1, 1, 1, 1, 1);
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }
}
