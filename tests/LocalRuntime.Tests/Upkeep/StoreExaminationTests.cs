using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>Each kind of damage to a durable file is found, and repaired so that every instance comes to an end of its own.</summary>
public sealed class StoreExaminationTests
{
    /// <summary>What is done to the file; a part of the finding; which instance feels it and how that ends.</summary>
    public static TheoryData<string, string, string, string> Damages => new()
    {
        { "DELETE FROM activities", "waits for activity 'Slow'", "Busy", "\"dealt with WorkLost\"" },
        { "DELETE FROM instances WHERE id = 'Child'", "waits for sub-orchestration", "Parent", "\"dealt with WorkLost\"" },
        { "DELETE FROM history WHERE key >> 24 = (SELECT key FROM instances WHERE id = 'Child') AND key & 16777215 = 1", "1 of 2 turns", "Parent", "\"dealt with HistoryUnreadableException\"" },
        { "UPDATE history SET lines = substr(lines, 1, length(lines) - 3) WHERE key >> 24 = (SELECT key FROM instances WHERE id = 'Child') AND key & 16777215 = 1", "cannot be played", "Parent", "\"dealt with HistoryUnreadableException\"" },
        { "UPDATE activities SET owner = 4711", "owned by a worker that never was", "Busy", "\"done\"" },
        { "INSERT INTO timers(key, execution, due) VALUES((SELECT key << 24 FROM instances WHERE id = 'Waiting') + 77, 9, 5)", "belong to an earlier run", "Waiting", "\"went\"" },
        { "INSERT INTO inbox(instance, execution, line) VALUES(4711, 1, '[]')", "rows of inbox belong to no instance", "Waiting", "\"went\"" },
        { "INSERT INTO inbox(instance, execution, line) SELECT key, 1, '[{\"k\":11,\"n\":\"go\",\"d\":\"\\\"early\\\"\"}]' FROM instances WHERE id = 'Waiting'", "sleep though messages wait", "Waiting", "\"early\"" },
        { "UPDATE entities SET lock_owner = 4711", "locked by an orchestration that has ended", "Busy", "\"done\"" },
        { "INSERT INTO payloads(key, data) VALUES(4711 << 24, 'x')", "rows of payloads belong to no instance", "Waiting", "\"went\"" },
    };

    [Fact]
    public async Task Examine_UndamagedFile_FindsNothing()
    {
        using var store = await DamagedStore.MakeAsync();

        Assert.Empty(store.Examine());

        store.Repair();
        var ends = await store.FinishAsync();
        Assert.All(ends.Values, end => Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus));
        Assert.Equal("\"done\"", ends["Busy"].SerializedOutput);
        Assert.Empty(store.Examine());
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Repair_OfEachDamage_LetsEverythingEnd(string damage, string finding, string id, string output)
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change(damage);

        Assert.Contains(store.Examine(), found => found.Contains(finding, StringComparison.Ordinal));

        store.Repair();
        Assert.Empty(store.Examine());
        var ends = await FinishWithChildAsync(store);
        Assert.Equal(output, ends[id].SerializedOutput);
        Assert.Empty(store.Examine());
    }

    // A child that is gone leaves nothing to wait for.
    private static async Task<Dictionary<string, OrchestrationMetadata>> FinishWithChildAsync(DamagedStore store) =>
        await store.FinishAsync(store.Read(session => session.Scalar("SELECT 1 FROM instances WHERE id = 'Child'")) is not null);
}
