using System.Globalization;
using Microsoft.Data.Sqlite;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>What was found in one file, a line each.</summary>
internal sealed record StoreReport(IReadOnlyList<string> Lines, bool IsIll);

/// <summary>
/// One SQLite file of the state folder: first whether SQLite can read all of it, then whether its rows make sense for what writes it. A repair begins with a
/// copy beside the file.
/// </summary>
internal static class StoreFile
{
    /// <summary>Part of the name of copies made before a repair.</summary>
    public const string CopyMark = ".before-repair-";

    private const int NotADatabase = 26;
    private const int Corrupt = 11;

    public static StoreReport Visit(string path, bool repair, DateTimeOffset now)
    {
        var name = Path.GetFileName(path);
        try
        {
            return repair ? Repair(path, name, now) : Report(name, Examine(path), "./nightwatch doctor --repair");
        }
        catch (SqliteException failure)
        {
            return new StoreReport([$"FIX   store {name}: {failure.Message}: restore a copy"], true);
        }
    }

    private static IReadOnlyList<string> Examine(string path)
    {
        try
        {
            using var session = SqliteSession.Open(path);

            // One snapshot: what processes commit meanwhile must not look like rows that do not fit together.
            session.Execute("BEGIN");
            return Integrity(session) is { Count: > 0 } damage ? damage : Rows(session);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return [failure.Message];
        }
    }

    private static StoreReport Repair(string path, string name, DateTimeOffset now)
    {
        var found = Examine(path);
        if (found.Count == 0)
        {
            return Report(name, found, "");
        }

        if (InUse(path, now) is { } user)
        {
            return new StoreReport([$"FIX   store {name}: {user}; stop it with ./nightwatch down, then repair"], true);
        }

        var copy = $"{path}{CopyMark}{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        SalvagedFile.Copy(path, copy);
        var notes = found.Select(one => $"was   store {name}: {one}").ToList();
        notes.AddRange(SalvagedFile.MakeReadable(path).Select(note => $"was   store {name}: {note}"));
        using (var session = SqliteSession.Open(path))
        {
            Mend(session, now);
        }

        var left = Report(name, Examine(path), "restore a copy");
        return new StoreReport([.. notes, $"-     store {name}: a copy of what was is {Path.GetFileName(copy)}", .. left.Lines], left.IsIll);
    }

    private static StoreReport Report(string name, IReadOnlyList<string> findings, string fix) => findings.Count == 0
        ? new StoreReport([$"ok    store {name}"], false)
        : new StoreReport([.. findings.Select(finding => $"FIX   store {name}: {finding}: {fix}")], true);

    private static List<string> Integrity(SqliteSession session)
    {
        var lines = new List<string>();
        using var reader = session.Query("PRAGMA integrity_check(10)");
        while (reader.Read())
        {
            lines.Add(reader.GetString(0));
        }

        return lines is ["ok"] ? [] : lines;
    }

    private static IReadOnlyList<string> Rows(SqliteSession session) => IsDurable(session)
        ? [.. StoreExamination.Examine(session).Select(finding => finding.ToString())]
        : DocumentTables.Examine(session);

    private static void Mend(SqliteSession session, DateTimeOffset now)
    {
        session.Execute("BEGIN IMMEDIATE");
        if (IsDurable(session))
        {
            StoreExamination.Repair(session, now.UtcTicks);
        }
        else
        {
            DocumentTables.Repair(session, now);
        }

        session.Execute("COMMIT");
    }

    /// <summary>Files of an earlier version are brought to this one by the engine when it starts; until then their rows are not examined.</summary>
    private static bool IsDurable(SqliteSession session) =>
        session.Scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('instances', 'history', 'inbox')") is 3L
        && session.Scalar("PRAGMA user_version") is long version && version == DurableSchema.Version;

    /// <summary>Null, or who else has the file open.</summary>
    private static string? InUse(string path, DateTimeOffset now)
    {
        try
        {
            using var session = SqliteSession.Open(path);
            session.Execute("PRAGMA busy_timeout = 200");
            if (IsDurable(session) && StoreExamination.Alive(session, now.UtcTicks) is > 0 and var alive)
            {
                return $"{alive} processes work on it";
            }

            session.Scalar("PRAGMA locking_mode = EXCLUSIVE");
            session.Execute("BEGIN IMMEDIATE");
            session.Execute("ROLLBACK");
            return null;
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is not (Corrupt or NotADatabase))
        {
            return "another process has it open";
        }
        catch (SqliteException)
        {
            // Too damaged to ask. What has it open meets the same damage.
            return null;
        }
    }
}
