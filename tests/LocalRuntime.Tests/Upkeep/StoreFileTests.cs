using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.Sqlite;
using Nightwatch.StoreDoctor;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>What the doctor makes of whole files: sound ones, ones in use, ones with torn pages, ones that are no database.</summary>
public sealed class StoreFileTests
{
    private const int PageSize = 4096;

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Check_SoundFile_IsWell()
    {
        using var store = await DamagedStore.MakeAsync();

        Assert.Equal(["ok    store durable.db"], StoreFile.Visit(store.File, false, Now).Lines);
        Assert.Equal(["ok    store durable.db"], StoreFile.Visit(store.File, true, Now).Lines);
        Assert.False(Directory.EnumerateFiles(store.Folder, "*" + StoreFile.CopyMark + "*").Any());
    }

    [Fact]
    public async Task Check_FileOfAnEarlierVersion_ExaminesNoRows()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Read(session => session.Execute("DROP TABLE payloads"));
        store.Read(session => session.Execute("PRAGMA user_version = 1"));

        Assert.Equal(["ok    store durable.db"], StoreFile.Visit(store.File, false, Now).Lines);
    }

    [Fact]
    public async Task Repair_WhileAnEngineWorks_IsRefused()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("UPDATE activities SET owner = 4711");
        await using var engine = store.Open();
        await engine.StartAsync(DurableHost.Cancellation);
        store.Change("INSERT INTO payloads(key, data) VALUES(4711 << 24, 'x')");

        var report = StoreFile.Visit(store.File, true, DateTimeOffset.UtcNow);

        Assert.True(report.IsIll);
        Assert.Contains("./nightwatch down", Assert.Single(report.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_LostRows_KeepsACopyAndReportsBoth()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("DELETE FROM activities");

        Assert.True(StoreFile.Visit(store.File, false, Now).IsIll);
        var report = StoreFile.Visit(store.File, true, Now.AddYears(100));

        Assert.False(report.IsIll, string.Join('\n', report.Lines));
        Assert.StartsWith("was   store durable.db: Instance 'Busy'", report.Lines[0], StringComparison.Ordinal);
        Assert.Equal("ok    store durable.db", report.Lines[^1]);
        Assert.Contains(Directory.EnumerateFiles(store.Folder), path => path.Contains(StoreFile.CopyMark, StringComparison.Ordinal));
        Assert.Equal("\"dealt with WorkLost\"", (await store.FinishAsync())["Busy"].SerializedOutput);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Repair_TornPages_SavesTheOtherInstances(int seed)
    {
        using var store = await DamagedStore.MakeAsync();
        await store.AddInstancesAsync(200);
        store.Read(session => session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)"));
        Tear(store.File, seed, 2);

        var check = StoreFile.Visit(store.File, false, Now);
        var repair = StoreFile.Visit(store.File, true, Now.AddYears(100));

        Assert.Equal(check.IsIll, repair.Lines.Count > 1);
        Assert.False(repair.IsIll, string.Join('\n', repair.Lines));
        await using var engine = store.Open();
        await engine.StartAsync(DurableHost.Cancellation);
        var alive = store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM instances WHERE id LIKE 'more-%' AND completed IS NULL")!);
        Assert.True(alive > 50, $"{alive} of 200 are left.");
        await foreach (var one in engine.Client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = "more-", Statuses = [OrchestrationRuntimeStatus.Running] }))
        {
            await engine.Client.RaiseEventAsync(one.InstanceId, "Go", "went", DurableHost.Cancellation);
            var end = await engine.Client.WaitForInstanceCompletionAsync(one.InstanceId, true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
            Assert.Equal("\"went\"", end.SerializedOutput);
        }
    }

    [Fact]
    public void Check_NoDatabase_SaysSo()
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch.File("documents.db"), new string('x', 10_000));

        var report = StoreFile.Visit(scratch.File("documents.db"), false, Now);

        Assert.True(report.IsIll);
        Assert.Contains("not a database", Assert.Single(report.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_DocumentThatIsNoJson_IsMovedOutOfTheWay()
    {
        using var scratch = new ScratchDirectory();
        var path = scratch.File("documents.db");
        using (var session = SqliteSession.Open(path))
        {
            session.Execute("CREATE TABLE doc_note(pk TEXT NOT NULL, id TEXT NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL, expires INTEGER, UNIQUE(pk, id))");
            session.Execute("INSERT INTO doc_note(pk, id, etag, body) VALUES('t', 'good', 'e', CAST('{\"a\":1}' AS BLOB)), ('t', 'torn', 'e', CAST('{\"a\":' AS BLOB))");
        }

        Assert.Contains("1 documents of doc_note", Assert.Single(StoreFile.Visit(path, false, Now).Lines), StringComparison.Ordinal);
        Assert.False(StoreFile.Visit(path, true, Now).IsIll);

        using var after = SqliteSession.Open(path);
        Assert.Equal("good", after.Scalar("SELECT group_concat(id) FROM doc_note"));
        Assert.Equal("torn", after.Scalar("SELECT group_concat(id) FROM damaged"));
    }

    // Not the first pages, which hold the schema: without them there is nothing to save.
    private static void Tear(string path, int seed, int pages)
    {
        var random = new Random(seed);
        var torn = new byte[PageSize / 2];
        using var file = File.OpenWrite(path);
        for (var i = 0; i < pages; i++)
        {
            file.Position = random.NextInt64(file.Length / PageSize / 3, file.Length / PageSize) * PageSize;
            random.NextBytes(torn);
            file.Write(torn);
        }
    }
}
