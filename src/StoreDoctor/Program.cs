using Nightwatch.StoreDoctor;

// Examines the SQLite files of one state folder, and repairs them when asked. Exit code 0: all is well, or is so now; 1: findings; 2: not examined.
if (args is not [("check" or "repair") and var command, var folder] || !Directory.Exists(folder))
{
    await Console.Error.WriteLineAsync("usage: Nightwatch.StoreDoctor check|repair STATE-FOLDER");
    return 2;
}

var ill = false;
foreach (var path in Directory.EnumerateFiles(folder, "*.db").Order(StringComparer.Ordinal).Where(path => !path.Contains(StoreFile.CopyMark, StringComparison.Ordinal)))
{
    var report = StoreFile.Visit(path, command == "repair", TimeProvider.System.GetUtcNow());
    report.Lines.ToList().ForEach(Console.WriteLine);
    ill |= report.IsIll;
}

return ill ? 1 : 0;
