using Nightwatch.LocalRuntime.Tests.DurableTask;
using Nightwatch.Sqlite;
using Nightwatch.StoreDoctor;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Upkeep;

/// <summary>What can lie under a store's name and is none, or may not be touched: the doctor says what it is, changes nothing, and its exit code says so.</summary>
public sealed class StrangeFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2126, 11, 21, 3, 0, 0, TimeSpan.Zero);

    private readonly ScratchDirectory scratch = new();

    private string Path => scratch.File("durable.db");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(0, "it is empty")]
    [InlineData(50, "nothing of it can be saved")]
    [InlineData(10_000, "nothing of it can be saved")]
    public void Repair_NothingToSave_ChangesNothingAndKeepsNoCopy(int length, string says)
    {
        File.WriteAllBytes(Path, [.. Enumerable.Repeat((byte)'x', length)]);

        Assert.True(StoreFile.Visit(Path, false, Now).IsIll);
        for (var again = 0; again < 2; again++)
        {
            var report = StoreFile.Visit(Path, true, Now);

            Assert.True(report.IsIll);
            Assert.Contains(says, Assert.Single(report.Lines), StringComparison.Ordinal);
            Assert.Equal(length, new FileInfo(Path).Length);
            Assert.Equal(["durable.db"], Directory.EnumerateFileSystemEntries(scratch.Path).Select(System.IO.Path.GetFileName));
        }
    }

    [Fact]
    public void Check_SchemaWithoutTables_SaysThatItIsEmpty()
    {
        Make("PRAGMA user_version = 2");

        Assert.Contains("it is empty", Assert.Single(StoreFile.Visit(Path, true, Now).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_AnotherApplicationsFile_IsLeftAlone()
    {
        Make("CREATE TABLE invoices(id INTEGER, total)");

        var report = StoreFile.Visit(Path, true, Now);

        Assert.Contains("another application's (its tables are invoices)", Assert.Single(report.Lines), StringComparison.Ordinal);
        Assert.True(report.IsIll);
    }

    [Fact]
    public void Repair_FileThatIsNotOurs_IsLeftAlone()
    {
        File.WriteAllText(scratch.File("others.db"), "anything");

        Assert.Equal(["-     store others.db: not one of Nightwatch's, left alone"], StoreFile.Visit(scratch.File("others.db"), true, Now).Lines);
    }

    [Fact]
    public async Task Repair_FileOfANewerProgram_IsLeftAlone()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("DELETE FROM activities");
        store.Read(session => session.Execute("PRAGMA user_version = 99"));

        var report = StoreFile.Visit(store.File, true, Now);

        Assert.Contains("a newer program wrote it (schema 99", Assert.Single(report.Lines), StringComparison.Ordinal);
        Assert.True(report.IsIll);
        Assert.Equal(99L, store.Read(session => session.Scalar("PRAGMA user_version")));
    }

    [Fact]
    public void Check_FolderInAFilesPlace_SaysSo()
    {
        Directory.CreateDirectory(Path);

        Assert.Contains("it is a folder", Assert.Single(StoreFile.Visit(Path, true, Now).Lines), StringComparison.Ordinal);
        Assert.Equal(1, Doctor("repair"));
    }

    [Fact]
    public void Check_LinkToNothing_SaysSo()
    {
        File.CreateSymbolicLink(Path, scratch.File("gone"));

        Assert.Contains("is not there", Assert.Single(StoreFile.Visit(Path, true, Now).Lines), StringComparison.Ordinal);
        Assert.Equal(1, Doctor("check"));
    }

    [Fact]
    public async Task Repair_Link_MendsTheFileBehindItAndStaysALink()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("DELETE FROM activities");
        File.CreateSymbolicLink(Path, store.File);

        Assert.False(StoreFile.Visit(Path, true, Now).IsIll);

        Assert.NotNull(new FileInfo(Path).LinkTarget);
        Assert.Equal(["ok    store durable.db"], StoreFile.Visit(store.File, false, Now).Lines);
    }

    [Fact]
    public async Task Repair_FileThatAnIdleProgramHasOpen_IsRefused()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("DELETE FROM activities");
        using var idle = SqliteSession.Open(store.File);
        idle.Scalar("SELECT COUNT(*) FROM instances");

        var report = StoreFile.Visit(store.File, true, Now);

        Assert.True(report.IsIll);
        Assert.Contains("another process has it open", Assert.Single(report.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_NoRoomForACopy_ChangesNothing()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Change("DELETE FROM activities");
        using (var file = File.OpenWrite(store.File))
        {
            // A file with a hole: long on paper.
            file.SetLength(4L << 40);
        }

        var report = StoreFile.Visit(store.File, true, Now);

        Assert.True(report.IsIll);
        Assert.Contains(report.Lines, line => line.Contains("nothing was repaired, no copy could be made", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(store.Folder), name => name.Contains(StoreFile.CopyMark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Repair_TwiceInOneSecond_KeepsBothCopies()
    {
        using var store = await DamagedStore.MakeAsync();
        foreach (var damage in new[] { "DELETE FROM activities", "INSERT INTO payloads(key, data) VALUES(4711 << 24, 'x')" })
        {
            store.Change(damage);
            Assert.False(StoreFile.Visit(store.File, true, Now).IsIll);
        }

        Assert.Equal(2, Directory.EnumerateFiles(store.Folder).Count(name => name.Contains(StoreFile.CopyMark, StringComparison.Ordinal) && !name.EndsWith("-wal", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("DROP TABLE operations", "lacks the tables operations")]
    [InlineData("DROP TABLE instances", "lacks the tables instances")]
    [InlineData("DELETE FROM instances", "belong to no instance")]
    [InlineData("DELETE FROM history", "cannot be played")]
    [InlineData("DELETE FROM entities", "have lost their state")]
    [InlineData("DELETE FROM workers", null)]
    [InlineData("UPDATE instances SET status = 'x'", "values of a wrong type")]
    [InlineData("UPDATE instances SET rows = 1 << 40", "numbers that cannot be")]
    [InlineData("UPDATE instances SET parent_name = NULL WHERE parent IS NOT NULL", "do not say whose call")]
    [InlineData("UPDATE history SET lines = '[{\"\":1}]'", "cannot be played")]
    [InlineData("UPDATE history SET lines = substr(lines, 1, length(lines) / 2)", "cannot be played")]
    [InlineData("UPDATE activities SET key = 'x'", null)]
    [InlineData("INSERT INTO inbox(instance, execution, line) SELECT key, 0, '[{\"k\":11,\"n\":\"go' FROM instances WHERE id = 'Waiting'", "a message for it cannot be read")]
    [InlineData("INSERT INTO inbox(instance, execution, line, payload) SELECT key, 0, '[{\"k\":11,\"n\":\"go\"}]', 99 FROM instances WHERE id = 'Waiting'", "payload of a message")]
    public async Task Repair_OfEachDamage_LeavesAStoreThatRuns(string damage, string? finding)
    {
        using var store = await DamagedStore.MakeAsync();
        using (var session = SqliteSession.Open(store.File))
        {
            try
            {
                session.Execute(damage);
            }
            catch (Microsoft.Data.Sqlite.SqliteException) when (finding is null)
            {
                return;
            }
        }

        var check = StoreFile.Visit(store.File, false, Now);
        var repair = StoreFile.Visit(store.File, true, Now);

        Assert.Equal(finding is not null, check.IsIll);
        Assert.True(finding is null || check.Lines.Any(line => line.Contains(finding, StringComparison.Ordinal)), string.Join('\n', check.Lines));
        Assert.False(repair.IsIll, string.Join('\n', repair.Lines));
        Assert.Equal(["ok    store durable.db"], StoreFile.Visit(store.File, true, Now).Lines);
        await using var engine = store.Open();
        await engine.StartAsync(DurableHost.Cancellation);
        await engine.Client.ScheduleNewOrchestrationInstanceAsync("Waiting", null, new Microsoft.DurableTask.StartOrchestrationOptions("after"), DurableHost.Cancellation);
        await engine.Client.RaiseEventAsync("after", "Go", "went", DurableHost.Cancellation);
        var end = await engine.Client.WaitForInstanceCompletionAsync("after", true, DurableHost.Cancellation).WaitAsync(DurableHost.Limit, DurableHost.Cancellation);
        Assert.Equal("\"went\"", end.SerializedOutput);
    }

    [Fact]
    public void Repair_TornFileOfTimers_SavesTheOthers()
    {
        var path = scratch.File("host.db");
        using (var session = SqliteSession.Open(path))
        {
            session.Execute("CREATE TABLE timers (name TEXT PRIMARY KEY, last INTEGER, next INTEGER, updated INTEGER NOT NULL, owner TEXT, lease_until INTEGER) WITHOUT ROWID");
            for (var i = 0; i < 2_000; i++)
            {
                session.Execute("INSERT INTO timers(name, updated) VALUES($1, 1)", $"timer {i:0000} {new string('x', 50)}");
            }

            session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(4096 * (bytes.Length / 8192), 4096).Fill(0x55);
        File.WriteAllBytes(path, bytes);

        var report = StoreFile.Visit(path, true, Now);

        Assert.False(report.IsIll, string.Join('\n', report.Lines));
        using var after = SqliteSession.Open(path);
        Assert.InRange((long)after.Scalar("SELECT COUNT(*) FROM timers")!, 1_500, 1_999);
    }

    [Fact]
    public async Task Repair_TwoTornPages_SavesTheRowsBetweenThem()
    {
        using var store = await DamagedStore.MakeAsync();
        store.Read(session =>
        {
            session.Execute("BEGIN");
            for (var i = 0; i < 5_000; i++)
            {
                session.Execute("INSERT INTO workers(name, expires) VALUES($1, 0)", new string('w', 100));
            }

            session.Execute("COMMIT");
            return session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        });
        var bytes = File.ReadAllBytes(store.File);
        foreach (var page in new[] { bytes.Length / 4096 * 4 / 10, bytes.Length / 4096 * 8 / 10 })
        {
            bytes.AsSpan(4096 * page, 4096).Fill(0x55);
        }

        File.WriteAllBytes(store.File, bytes);

        var report = StoreFile.Visit(store.File, true, Now);

        Assert.False(report.IsIll, string.Join('\n', report.Lines));
        Assert.InRange(store.Read(session => (long)session.Scalar("SELECT COUNT(*) FROM workers")!), 4_700, 4_990);
    }

    [Fact]
    public async Task ExitCode_SaysWhatIsLeft()
    {
        Assert.Equal(2, Run("mend", scratch.Path));
        Assert.Equal(2, Run("check", scratch.File("nowhere")));
        Assert.Equal(0, Doctor("check"));
        using var store = await DamagedStore.MakeAsync();
        Assert.Equal(0, Run("check", store.Folder));
        store.Change("INSERT INTO payloads(key, data) VALUES(4711 << 24, 'x')");
        Assert.Equal(1, Run("check", store.Folder));
        Assert.Equal(1, Run("check", store.Folder));
    }

    private static int Run(params string[] arguments) => (int)typeof(StoreFile).Assembly.EntryPoint!.Invoke(null, [arguments])!;

    private int Doctor(string command) => Run(command, scratch.Path);

    private void Make(string sql)
    {
        using var session = SqliteSession.Open(Path);
        session.Execute(sql);
    }
}
