using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>The verdicts of Debian's promtool 2.42 on many queries at once: they stand as the rules of one file.</summary>
internal static partial class Promtool
{
    /// <summary>Null for each query that it takes, its message for each that it refuses. Queries must be valid Unicode and not empty.</summary>
    internal static async Task<string?[]> JudgeAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken)
    {
        using var directory = new ScratchDirectory();
        var path = Path.Combine(directory.Path, "rules.yml");
        var text = new StringBuilder("groups:\n- name: g\n  rules:\n");
        for (var i = 0; i < queries.Count; i++)
        {
            text.Append("  - record: r").Append(i).Append("\n    expr: ").Append(Yaml(queries[i])).Append('\n');
        }

        await File.WriteAllTextAsync(path, text.ToString(), cancellationToken);
        var start = new ProcessStartInfo(Repository.Tool("usr/bin/promtool"), ["check", "rules", "--lint=none", path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var printed = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await errors;
        await process.WaitForExitAsync(cancellationToken);
        var verdicts = new string?[queries.Count];
        foreach (Match match in Refusal().Matches(printed))
        {
            verdicts[int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)] = match.Groups[2].Value;
        }

        // A file that promtool cannot read at all would look like one without errors.
        Assert.True(process.ExitCode == 0 ? verdicts.All(v => v is null) : verdicts.Any(v => v is not null), printed.Length > 2000 ? printed[..2000] : printed);
        return verdicts;
    }

    [GeneratedRegex("group \"g\", rule \\d+, \"r(\\d+)\": could not parse expression: (.*)")]
    private static partial Regex Refusal();

    private static string Yaml(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value is >= ' ' and < 0x7F and not '"' and not '\\' ? rune.ToString() : $"\\U{rune.Value:X8}");
        }

        return quoted.Append('"').ToString();
    }
}
