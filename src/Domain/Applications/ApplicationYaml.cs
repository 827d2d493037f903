using System.Globalization;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Configuration;

namespace Nightwatch.Domain.Applications;

/// <summary>Profiles from YAML: one, or a list under "applications". Shape is judged here, what the values may be by <see cref="ApplicationRules"/>.</summary>
public static class ApplicationYaml
{
    /// <summary>The profiles as written, with all that is wrong with the shape and the values, each with its line.</summary>
    /// <param name="id">For a single profile that names no id of its own.</param>
    public static ApplicationDocument Read(string yaml, string? id = null)
    {
        var (root, problem) = StrictYaml.Parse(yaml);
        if (root is null)
        {
            return ApplicationDocument.Wrong(problem ?? new ConfigurationProblem(0, "The text is empty; write one profile, or a list of them under applications."));
        }

        var reader = new ApplicationYamlReader();
        var isList = root is YamlMap { Entries: [("applications", _, _)] };
        var profiles = isList ? reader.List(root) : [reader.Profile(root, "the profile") is var one && one.Id.Length == 0 ? one with { Id = id ?? "" } : one];
        string PathOf(int i) => isList ? string.Create(CultureInfo.InvariantCulture, $"applications[{i}]") : "";
        var found = reader.Problems.Select(p => new ApplicationProblem("", p.Message, p.Line)).ToList();
        if (found.Count == 0)
        {
            found.AddRange(profiles.SelectMany((p, i) => ApplicationRules.Check(p).Select(wrong => wrong with { Field = Join(PathOf(i), wrong.Field) }))
                .Select(wrong => wrong with { Line = LineOf(root, wrong.Field) }));
        }

        return new ApplicationDocument(profiles, isList, [.. found.OrderBy(p => p.Line).Take(100)], field => LineOf(root, field), PathOf);
    }

    private static string Join(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>Line of the deepest part of the path that the text has.</summary>
    private static int LineOf(YamlValue root, string path)
    {
        var (at, line) = (root, root.Line);
        foreach (var part in path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.'))
        {
            if (at is YamlMap map && map.Entries.FirstOrDefault(e => e.Key == part) is { Value: { } member } entry)
            {
                (at, line) = (member, entry.Line);
            }
            else if (at is YamlList list && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count)
            {
                (at, line) = (list.Items[index], list.Items[index].Line);
            }
            else
            {
                break;
            }
        }

        return line;
    }
}

/// <summary>What a YAML text says of applications.</summary>
/// <param name="IsList">It is a list under "applications", if only of one.</param>
/// <param name="LineOf">Line of a field's path, such as applications[1].id.</param>
/// <param name="PathOf">Path of the profile at a place of the list; empty for a single one.</param>
public sealed record ApplicationDocument(
    IReadOnlyList<ApplicationProfile> Profiles, bool IsList, IReadOnlyList<ApplicationProblem> Problems, Func<string, int> LineOf, Func<int, string> PathOf)
{
    internal static ApplicationDocument Wrong(ConfigurationProblem problem) =>
        new([], false, [new ApplicationProblem("", CleanText.Line(problem.Message), problem.Line > 0 ? problem.Line : null)], _ => problem.Line, _ => "");
}
