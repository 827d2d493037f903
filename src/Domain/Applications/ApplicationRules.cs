using System.Globalization;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Applications;

/// <summary>What a profile must be, however it was written down.</summary>
public static partial class ApplicationRules
{
    public const int MaxId = 63;
    public const int MaxName = 120;
    public const int MaxDescription = 2_000;
    public const int MaxArchitecture = 20_000;
    public const int MaxQuery = 4_000;
    public const int MaxComponents = 100;
    public const int MaxDependencies = 50;
    public const int MaxLabels = 20;
    public const int MaxEnvironments = 20;
    public const int MaxOwners = 20;
    public const int MaxDefaultMetrics = 50;
    public const int MaxSlos = 30;

    private const int MaxContact = 200;
    private const int MaxUnit = 40;
    private const int MaxSource = 64;

    private static readonly TextMasker Credentials = new(new MaskingPolicy { Classes = SensitiveData.Credentials });

    public static bool IsId(string text) => Id().IsMatch(text);

    /// <summary>All that is wrong with the profile, each with the field's path; none for a good one.</summary>
    public static IReadOnlyList<ApplicationProblem> Check(ApplicationProfile profile)
    {
        var problems = new ApplicationProblems();
        if (!IsId(profile.Id))
        {
            problems.Add("id", $"id must have 1 to {MaxId} lower-case letters, digits and inner dashes, dots or underscores.");
        }

        Text(problems, "name", profile.Name, MaxName);
        Text(problems, "description", profile.Description, MaxDescription, required: false, lines: true);
        Text(problems, "architecture", profile.Architecture, MaxArchitecture, required: false, lines: true);
        foreach (var (field, text) in new[] { ("description", profile.Description), ("architecture", profile.Architecture) })
        {
            if (text.Length <= MaxArchitecture && !ReferenceEquals(Credentials.Mask(text), text))
            {
                problems.Add(field, $"{field} holds what looks like a credential; everybody who may read the profile would see it.");
            }
        }

        Each(problems, "environments", profile.Environments, MaxEnvironments, e => e.Name, (environment, path) => Labels(problems, $"{path}.labels", environment.Labels));
        Each(problems, "owners", profile.Owners, MaxOwners, o => o.Name, (owner, path) => Text(problems, $"{path}.contact", owner.Contact ?? "", MaxContact, required: false));
        var names = profile.Components.Take(MaxComponents).Where(c => c is not null).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        Each(problems, "components", profile.Components, MaxComponents, c => c.Name, (component, path) => Component(problems, path, component, names));
        Mapping(problems, "metrics", profile.Metrics);
        Mapping(problems, "logs", profile.Logs);
        Each(problems, "defaultMetrics", profile.DefaultMetrics, MaxDefaultMetrics, m => m.Name, (metric, path) =>
        {
            Text(problems, $"{path}.query", metric.Query, MaxQuery, lines: true);
            Text(problems, $"{path}.unit", metric.Unit, MaxUnit, required: false);
            Text(problems, $"{path}.description", metric.Description, MaxDescription, required: false, lines: true);
        });
        Each(problems, "slos", profile.Slos, MaxSlos, s => s.Name, (slo, path) => Objective(problems, path, slo, names));
        return problems.Found;
    }

    private static void Component(ApplicationProblems problems, string path, ApplicationComponent component, HashSet<string> names)
    {
        Mapping(problems, $"{path}.metrics", component.Metrics);
        Mapping(problems, $"{path}.logs", component.Logs);
        if (component.DependsOn.Count > MaxDependencies)
        {
            problems.Add($"{path}.dependsOn", $"There are {component.DependsOn.Count}; at most {MaxDependencies} are taken.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < component.DependsOn.Count; i++)
        {
            var (field, on) = ($"{path}.dependsOn[{i}]", component.DependsOn[i]);
            if (on is null || !names.Contains(on))
            {
                problems.Add(field, $"There is no component {Shown(on)} in this profile.");
            }
            else if (on == component.Name || !seen.Add(on))
            {
                problems.Add(field, on == component.Name ? "A component cannot depend on itself." : $"{Shown(on)} is given twice.");
            }
        }
    }

    /// <summary>The parts of a list, each with a name that no other has.</summary>
    private static void Each<T>(ApplicationProblems problems, string list, IReadOnlyList<T> items, int most, Func<T, string> name, Action<T, string> check)
        where T : class
    {
        if (items.Count > most)
        {
            problems.Add(list, $"There are {items.Count}; at most {most} are taken.");
            return;
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{list}[{i}]");
            if (items[i] is not { } item)
            {
                problems.Add(path, "null is not taken here.");
                continue;
            }

            Text(problems, $"{path}.name", name(item), MaxName);
            if (!seen.TryAdd(name(item), i) && name(item).Length > 0)
            {
                problems.Add($"{path}.name", $"{Shown(name(item))} is the name of {list}[{seen[name(item)]}] already.");
            }

            check(item, path);
        }
    }

    private static void Mapping(ApplicationProblems problems, string path, SourceMapping mapping)
    {
        if (mapping.Datasource is { } source)
        {
            Text(problems, $"{path}.datasource", source, MaxSource);
        }

        Labels(problems, $"{path}.labels", mapping.Labels);
    }

    private static void Labels(ApplicationProblems problems, string path, IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > MaxLabels)
        {
            problems.Add(path, $"There are {labels.Count}; at most {MaxLabels} are taken.");
            return;
        }

        foreach (var (name, value) in labels)
        {
            if (!PromQl.IsLabelName(name) || name.StartsWith("__", StringComparison.Ordinal))
            {
                problems.Add(path, $"{Shown(name)} is no name of a label: letters, digits and underscores, no digit first, no two underscores first.");
            }
            else
            {
                Text(problems, $"{path}.{name}", value, PromQl.MaxValueLength);
            }
        }
    }

    private static void Text(ApplicationProblems problems, string path, string? text, int most, bool required = true, bool lines = false)
    {
        if (string.IsNullOrWhiteSpace(text) && (required || text is null))
        {
            problems.Add(path, $"{Last(path)} is missing; write 1 to {most} characters.");
        }
        else if (text!.Length > most)
        {
            problems.Add(path, $"{Last(path)} has {text.Length} characters; at most {most} are taken.");
        }
        else if ((lines ? CleanText.Lines(text) : CleanText.Line(text)) != text)
        {
            problems.Add(path, $"{Last(path)} holds characters that are not shown (control characters, or such as change the direction of text).");
        }
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string Shown(string? text) => text is null ? "null" : $"'{CleanText.Cut(CleanText.Line(text), 60)}'";

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
