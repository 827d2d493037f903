using Microsoft.Data.Sqlite;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>
/// A file that SQLite reads, made beside one that it does not: with its indexes built anew when that is all it takes, else with the rows that can be read.
/// </summary>
internal sealed class SalvagedFile : IDisposable
{
    private const string WorkMark = ".repair";
    private const string SalvageMark = ".salvage";

    private static readonly string[] Sides = ["", "-wal"];

    private readonly string[] scratch;

    private SalvagedFile(string path, IReadOnlyList<string> notes, string[] scratch)
    {
        Path = path;
        Notes = notes;
        this.scratch = scratch;
    }

    public string Path { get; }

    /// <summary>What it took.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Copies a file that nobody writes, with its write-ahead log, and waits until the copy is on the disk.</summary>
    /// <exception cref="IOException">There is no room, or the folder takes no files.</exception>
    public static void Copy(string from, string to)
    {
        var needed = Sides.Where(side => File.Exists(from + side)).Sum(side => new FileInfo(from + side).Length);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(to))!;
        if (new DriveInfo(folder).AvailableFreeSpace is var room && room < needed)
        {
            throw new IOException($"it needs {needed} bytes and the disk has {room}");
        }

        foreach (var side in Sides.Where(side => File.Exists(from + side)))
        {
            File.Copy(from + side, to + side, overwrite: false);
            using var written = new FileStream(to + side, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }
    }

    /// <summary>Null when nothing can be saved.</summary>
    /// <exception cref="IOException">There is no room for the work.</exception>
    public static SalvagedFile? Of(string damaged)
    {
        // Earlier repairs that were cut off may have left their files.
        var (work, salvage) = (damaged + WorkMark, damaged + SalvageMark);
        string[] scratch = [work, salvage];
        scratch.ToList().ForEach(Remove);
        try
        {
            Copy(damaged, work);
            if (IsWhole(work) || Reindexed(work))
            {
                return new SalvagedFile(work, ["its indexes were built anew"], scratch);
            }

            var notes = SalvagedRows.Save(work, salvage);
            if (notes.Count > 0 && IsWhole(salvage))
            {
                return new SalvagedFile(salvage, notes, scratch);
            }
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is not SalvagedRows.Full)
        {
            // Not even the list of its tables can be read.
        }
        catch
        {
            scratch.ToList().ForEach(Remove);
            throw;
        }

        scratch.ToList().ForEach(Remove);
        return null;
    }

    /// <summary>Puts it in the damaged file's place. That file's log goes first, so that a crash in between cannot mix the two; the copy has both.</summary>
    public void Replace(string damaged)
    {
        File.Delete(damaged + "-wal");
        File.Delete(damaged + "-shm");
        File.Move(Path, damaged, overwrite: true);
    }

    public static void Remove(string path)
    {
        foreach (var side in Sides.Append("-shm"))
        {
            File.Delete(path + side);
        }
    }

    public void Dispose() => scratch.ToList().ForEach(Remove);

    private static bool IsWhole(string path)
    {
        try
        {
            using var session = SqliteSession.Open(path);
            return session.Scalar("PRAGMA integrity_check(1)") is "ok";
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static bool Reindexed(string path)
    {
        try
        {
            using (var session = SqliteSession.Open(path))
            {
                session.Execute("REINDEX");
            }

            return IsWhole(path);
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
