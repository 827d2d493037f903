using Nightwatch.StoreDoctor;

// Examines the SQLite files of one state folder, and repairs them when asked. Exit code 0: all is well, or is so now; 1: findings; 2: not (all) examined.
if (args is not [("check" or "repair") and var command, var folder] || !Directory.Exists(folder))
{
    await Console.Error.WriteLineAsync("usage: Nightwatch.StoreDoctor check|repair STATE-FOLDER");
    return 2;
}

var code = 0;
try
{
    foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*.db").Order(StringComparer.Ordinal))
    {
        var report = StoreFile.Visit(path, command == "repair", TimeProvider.System.GetUtcNow());
        report.Lines.ToList().ForEach(Console.WriteLine);
        code = Math.Max(code, report.IsUnexamined ? 2 : report.IsIll ? 1 : 0);
    }
}
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DllNotFoundException)
{
    Console.WriteLine($"FIX   stores not examined: {failure.Message.ReplaceLineEndings(" ")}");
    return 2;
}

return code;
