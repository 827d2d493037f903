using System.Globalization;
using Microsoft.Data.Sqlite;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>Copies the rows of a damaged file, table by table: around each page that does not read, as far as can be.</summary>
internal static class SalvagedRows
{
    /// <summary>SQLite's code for a full disk.</summary>
    public const int Full = 13;

    /// <summary>Doublings of the distance over which a run of unreadable rows is left behind.</summary>
    private const int MaxLeaps = 62;

    /// <summary>Says how many rows of each table were saved; empty when there is no table.</summary>
    /// <exception cref="SqliteException">The list of tables cannot be read, or the new file cannot be written.</exception>
    public static IReadOnlyList<string> Save(string from, string to)
    {
        var notes = new List<string>();
        using var source = SqliteSession.Open(from);
        using var target = SqliteSession.Open(to);
        CopySchema(source, target, "table");
        foreach (var table in StoreKind.Tables(target))
        {
            target.Execute("BEGIN IMMEDIATE");
            var (saved, lost) = Copy(source, target, table);
            target.Execute("COMMIT");
            notes.Add($"{saved.ToString(CultureInfo.InvariantCulture)} rows of {table} were saved{(lost ? ", others could not be read" : "")}");
        }

        CopySchema(source, target, "index");
        target.Execute($"PRAGMA user_version = {source.Scalar("PRAGMA user_version")}");
        target.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        return notes;
    }

    private static void CopySchema(SqliteSession source, SqliteSession target, string kind)
    {
        var statements = new List<string>();
        using (var reader = source.Query("SELECT sql FROM sqlite_master WHERE type = $1 AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", kind))
        {
            while (reader.Read())
            {
                statements.Add(reader.GetString(0));
            }
        }

        statements.ForEach(sql => target.Execute(sql));
    }

    private static (int Saved, bool Lost) Copy(SqliteSession source, SqliteSession target, string table) =>
        target.Scalar("SELECT wr FROM pragma_table_list WHERE name = $1 AND schema = 'main'", table) is 1L
            ? CopyWithoutRowIds(source, target, table)
            : CopyByRowId(source, target, table);

    // Such tables are small: from both ends.
    private static (int Saved, bool Lost) CopyWithoutRowIds(SqliteSession source, SqliteSession target, string table)
    {
        var columns = Columns(target, table);
        var saved = 0;
        var lost = !CopyRun(source, target, Select(columns, table, $"ORDER BY {columns[0]}"), [], table, columns, ref saved, out _);
        if (lost)
        {
            CopyRun(source, target, Select(columns, table, $"ORDER BY {columns[0]} DESC"), [], table, columns, ref saved, out _);
        }

        return (saved, lost);
    }

    private static (int Saved, bool Lost) CopyByRowId(SqliteSession source, SqliteSession target, string table)
    {
        List<string> columns = ["rowid", .. Columns(target, table)];
        var forward = Select(columns, table, "NOT INDEXED WHERE rowid >= $1 ORDER BY rowid");
        var (saved, next, leaps, lost) = (0, long.MinValue, 0, false);
        while (!CopyRun(source, target, forward, [next], table, columns, ref saved, out var last))
        {
            lost = true;
            leaps = last is null ? leaps + 1 : 1;
            var from = last ?? next;
            if (leaps > MaxLeaps || from > long.MaxValue - (1L << leaps))
            {
                break;
            }

            next = Math.Max(from, 0) + (1L << (leaps - 1));
        }

        if (lost)
        {
            // A leap may have gone too far, or over the end.
            CopyRun(source, target, Select(columns, table, "NOT INDEXED ORDER BY rowid DESC"), [], table, columns, ref saved, out _);
        }

        return (saved, lost);
    }

    private static string Select(List<string> columns, string table, string rest) => $"SELECT {string.Join(", ", columns)} FROM \"{table}\" {rest}";

    /// <summary>True when it came to the end, false when a row could not be read. Last is the first column of the last row that could.</summary>
    private static bool CopyRun(
        SqliteSession source, SqliteSession target, string select, object?[] from, string table, List<string> columns, ref int saved, out long? last)
    {
        last = null;
        var insert = $"INSERT OR IGNORE INTO \"{table}\"({string.Join(", ", columns)}) "
            + $"VALUES({string.Join(", ", Enumerable.Range(1, columns.Count).Select(i => "$" + i.ToString(CultureInfo.InvariantCulture)))})";
        SqliteDataReader? reader = null;
        try
        {
            while (Next(source, select, from, ref reader) is { } row)
            {
                // A failure to write is none to read: it ends the repair.
                saved += target.Execute(insert, row);
                last = row[0] as long?;
            }

            return true;
        }
        catch (UnreadableRowException)
        {
            return false;
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private static object?[]? Next(SqliteSession source, string select, object?[] from, ref SqliteDataReader? reader)
    {
        try
        {
            reader ??= source.Query(select, from);
            if (!reader.Read())
            {
                return null;
            }

            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            return row;
        }
        catch (Exception failure) when (failure is SqliteException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new UnreadableRowException(failure);
        }
    }

    private static List<string> Columns(SqliteSession session, string table)
    {
        var names = new List<string>();
        using var reader = session.Query("SELECT name FROM pragma_table_info($1)", table);
        while (reader.Read())
        {
            names.Add($"\"{reader.GetString(0)}\"");
        }

        return names;
    }

    private sealed class UnreadableRowException(Exception cause) : Exception(cause.Message, cause);
}
