using System.Globalization;
using Microsoft.Data.Sqlite;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Sqlite;

namespace Nightwatch.StoreDoctor;

/// <summary>What was found in one file, a line each. Not examined means that nothing can be said of it.</summary>
internal sealed record StoreReport(IReadOnlyList<string> Lines, bool IsIll, bool IsUnexamined = false);

/// <summary>
/// One SQLite file of the state folder: first whether SQLite can read all of it, then whether its rows make sense for what writes it. Looking changes
/// nothing. A repair begins with a copy beside the file; damaged pages are mended in another file, which takes the damaged one's place when it is whole.
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
        if (!StoreKind.IsOurs(name))
        {
            return new StoreReport([$"-     store {name}: not one of Nightwatch's, left alone"], false);
        }

        try
        {
            return Unreachable(path) is { } reason
                ? new StoreReport([$"FIX   store {name}: {reason}"], true)
                : Look(Target(path), name, repair, now);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            return new StoreReport([$"FIX   store {name}: not examined: {OneLine(failure)}"], true, true);
        }
    }

    private static StoreReport Look(string path, string name, bool repair, DateTimeOffset now)
    {
        var found = Examine(path, name);
        if (found.Refusal is { } refusal)
        {
            return new StoreReport([$"FIX   store {name}: {refusal}"], true);
        }

        return !repair || found.IsWell ? Report(name, found, "./nightwatch doctor --repair") : Repair(path, name, found, now);
    }

    private static string? Unreachable(string path)
    {
        var target = Target(path);
        return Directory.Exists(target) ? "it is a folder: move it away and restore a copy"
            : !File.Exists(target) ? $"it is a link to {target}, which is not there: restore that"
            : new FileInfo(target).Length == 0 && !File.Exists(target + "-wal") ? "it is empty: restore a copy, or remove it to begin anew"
            : null;
    }

    // A repair must mend the file that the programs open, not put another in the place of the link.
    private static string Target(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;

    private static Examination Examine(string path, string name)
    {
        try
        {
            using var session = SqliteSession.OpenToRead(path);

            // One snapshot: what processes commit meanwhile must not look like rows that do not fit together.
            session.Execute("BEGIN");
            var damage = Integrity(session);
            var kind = StoreKind.Of(session, name);
            return damage.Count > 0 || kind.Refusal is not null
                ? new Examination(damage, [], kind.Refusal)
                : new Examination([], Rows(session, kind), null);
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return new Examination([OneLine(failure)], [], null);
        }
    }

    private static StoreReport Repair(string path, string name, Examination found, DateTimeOffset now)
    {
        if (InUse(path, now) is { } user)
        {
            return new StoreReport([$"FIX   store {name}: {user}; stop it with ./nightwatch down, then repair"], true);
        }

        if (!TryCopy(path, now, out var copy, out var obstacle))
        {
            return new StoreReport([$"FIX   store {name}: nothing was repaired, no copy could be made: {obstacle}"], true);
        }

        IReadOnlyList<string> saved = [];
        if (found.Damage.Count > 0)
        {
            using var mended = SalvagedFile.Of(path);
            if (mended is null)
            {
                SalvagedFile.Remove(copy);
                return new StoreReport([.. found.All.Select(one => $"FIX   store {name}: {one}: nothing of it can be saved, restore a copy")], true);
            }

            saved = mended.Notes;
            Mend(mended.Path, name, now);
            if (InUse(path, now) is { } late)
            {
                return new StoreReport([$"FIX   store {name}: {late}; stop it with ./nightwatch down, then repair"], true);
            }

            mended.Replace(path);
        }
        else
        {
            Mend(path, name, now);
        }

        var left = Report(name, Examine(path, name), "restore a copy");
        return new StoreReport(
            [
                .. found.All.Concat(saved).Select(one => $"was   store {name}: {one}"),
                $"-     store {name}: repaired; what it was is kept as {Path.GetFileName(copy)}",
                .. left.Lines,
            ],
            left.IsIll);
    }

    private static bool TryCopy(string path, DateTimeOffset now, out string copy, out string obstacle)
    {
        var stem = path + CopyMark + now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        copy = stem;
        for (var next = 2; Path.Exists(copy); next++)
        {
            copy = $"{stem}-{next.ToString(CultureInfo.InvariantCulture)}";
        }

        try
        {
            SalvagedFile.Copy(path, copy);
            obstacle = "";
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            SalvagedFile.Remove(copy);
            obstacle = OneLine(failure);
            return false;
        }
    }

    private static StoreReport Report(string name, Examination found, string fix) => found.IsWell
        ? new StoreReport([$"ok    store {name}"], false)
        : new StoreReport([.. found.All.Select(finding => $"FIX   store {name}: {finding}: {fix}")], true);

    private static List<string> Integrity(SqliteSession session)
    {
        var lines = new List<string>();
        using var reader = session.Query("PRAGMA integrity_check(10)");
        while (reader.Read())
        {
            lines.Add(reader.GetString(0).ReplaceLineEndings(" "));
        }

        return lines is ["ok"] ? [] : lines;
    }

    private static IReadOnlyList<string> Rows(SqliteSession session, StoreKind kind)
    {
        if (!kind.IsDurable)
        {
            return DocumentTables.Examine(session);
        }

        return !StoreKind.IsOfThisVersion(session) ? []
            : StoreKind.Missing(session) is { Count: > 0 } missing ? [$"it lacks the tables {string.Join(", ", missing)} (repair: made anew, empty)"]
            : [.. StoreExamination.Examine(session).Select(finding => finding.ToString())];
    }

    private static void Mend(string path, string name, DateTimeOffset now)
    {
        using var session = SqliteSession.Open(path);
        session.Execute("BEGIN IMMEDIATE");
        if (StoreKind.Of(session, name) is { IsDurable: false })
        {
            DocumentTables.Repair(session, now);
        }
        else if (StoreKind.IsOfThisVersion(session))
        {
            DurableSchema.Create(session);
            StoreExamination.Repair(session, now.UtcTicks);
        }

        session.Execute("COMMIT");
        session.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>Null, or who else has the file open.</summary>
    private static string? InUse(string path, DateTimeOffset now)
    {
        try
        {
            using var session = SqliteSession.OpenToRead(path);
            if (StoreKind.Tables(session).Contains("workers") && StoreExamination.Alive(session, now.UtcTicks) is > 0 and var alive)
            {
                return $"{alive} processes work on it";
            }
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is Corrupt or NotADatabase)
        {
            // Too damaged to ask for its workers.
        }

        return SystemSqlite.IsFree(path) ? null : "another process has it open";
    }

    private static string OneLine(Exception failure) => failure.Message.ReplaceLineEndings(" ");

    /// <summary>What SQLite says of damaged pages; else what rows do not make sense; or why the file is none to repair.</summary>
    private sealed record Examination(IReadOnlyList<string> Damage, IReadOnlyList<string> Findings, string? Refusal)
    {
        public bool IsWell => Damage.Count == 0 && Findings.Count == 0 && Refusal is null;

        public IEnumerable<string> All => [.. Damage, .. Findings, .. Refusal is null ? Array.Empty<string>() : [Refusal]];
    }
}
