using Microsoft.Data.Sqlite;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>Saves the rows of a file that SQLite cannot read as a whole: from both ends of each table, as far as it reads, into a new file.</summary>
internal static class SalvagedFile
{
    private static readonly string[] Sides = ["", "-wal"];

    /// <summary>Copies a file that nobody has open, with its write-ahead log.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var side in Sides.Where(side => File.Exists(from + side)))
        {
            File.Copy(from + side, to + side, overwrite: true);
        }
    }

    /// <summary>Makes the file one that SQLite reads; says what that took.</summary>
    public static IReadOnlyList<string> MakeReadable(string path)
    {
        if (IsWhole(path))
        {
            return [];
        }

        if (Reindexed(path))
        {
            return ["its indexes were built anew"];
        }

        // An earlier repair that was cut off may have left its file.
        var salvaged = path + ".salvage";
        Remove(salvaged);
        var notes = new List<string>();
        using (var source = SqliteSession.Open(path))
        using (var target = SqliteSession.Open(salvaged))
        {
            CopySchema(source, target, "table");
            foreach (var table in Names(target))
            {
                var saved = CopyRows(source, target, table);
                notes.Add($"{saved} rows of {table} were saved");
            }

            CopySchema(source, target, "index");
            target.Execute($"PRAGMA user_version = {source.Scalar("PRAGMA user_version")}");
            target.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        Remove(path);
        File.Move(salvaged, path);
        return notes;
    }

    private static void Remove(string path)
    {
        foreach (var side in Sides.Append("-shm"))
        {
            File.Delete(path + side);
        }
    }

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

    private static void CopySchema(SqliteSession source, SqliteSession target, string kind)
    {
        var statements = new List<string>();
        using (var reader = source.Query("SELECT sql FROM sqlite_master WHERE type = $1 AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'", kind))
        {
            while (reader.Read())
            {
                statements.Add(reader.GetString(0));
            }
        }

        statements.ForEach(sql => target.Execute(sql));
    }

    private static List<string> Names(SqliteSession session)
    {
        var names = new List<string>();
        using var reader = session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static int CopyRows(SqliteSession source, SqliteSession target, string table)
    {
        target.Execute("BEGIN IMMEDIATE");
        var saved = CopyRows(source, target, table, "ASC", out var last);
        if (last is not null)
        {
            saved += CopyRows(source, target, table, "DESC", out _);
        }

        target.Execute("COMMIT");
        return saved;
    }

    /// <summary>Copies until the end, or until a page does not read: then what stopped it comes out.</summary>
    private static int CopyRows(SqliteSession source, SqliteSession target, string table, string order, out SqliteException? stopped)
    {
        var saved = 0;
        stopped = null;
        try
        {
            using var reader = source.Query($"SELECT rowid AS salvaged_rowid, * FROM \"{table}\" NOT INDEXED ORDER BY rowid {order}");
            var columns = Enumerable.Range(1, reader.FieldCount - 1).Select(reader.GetName).ToList();
            var sql = $"INSERT OR IGNORE INTO \"{table}\"(rowid, {string.Join(", ", columns.Select(name => $"\"{name}\""))}) "
                + $"VALUES({string.Join(", ", Enumerable.Range(1, columns.Count + 1).Select(i => "$" + i))})";
            while (reader.Read())
            {
                saved += target.Execute(sql, [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
            }
        }
        catch (SqliteException failure)
        {
            stopped = failure;
        }

        return saved;
    }
}
