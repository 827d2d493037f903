using System.Globalization;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Configuration;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Applications;

/// <summary>Takes the tree of a YAML text apart. Text is kept as it is written: the rules judge it, not the reader.</summary>
internal sealed class ApplicationYamlReader
{
    private readonly List<ConfigurationProblem> problems = [];

    public IReadOnlyList<ConfigurationProblem> Problems => problems;

    public IReadOnlyList<ApplicationProfile> List(YamlValue root) =>
        YamlFields.Open(root, "the file", problems, "applications") is { } file ? Items(file, "applications", item => Profile(item, "an application")) : [];

    public ApplicationProfile Profile(YamlValue value, string what)
    {
        var fields = YamlFields.Open(
            value, what, problems, "id", "name", "description", "architecture", "environments", "owners", "components", "metrics", "logs", "defaultMetrics", "slos");
        return fields is null ? new ApplicationProfile() : new ApplicationProfile
        {
            Id = Text(fields, "id"),
            Name = Text(fields, "name"),
            Description = Text(fields, "description"),
            Architecture = Text(fields, "architecture"),
            Environments = Items(fields, "environments", item => Open(item, "an environment", ["name", "labels"], f => new ApplicationEnvironment(Text(f, "name"), Labels(f)))),
            Owners = Items(fields, "owners", item => Open(item, "an owner", ["name", "contact"], f => new ApplicationOwner(Text(f, "name"), Optional(f, "contact")))),
            Components = Items(fields, "components", Component),
            Metrics = Mapping(fields, "metrics"),
            Logs = Mapping(fields, "logs"),
            DefaultMetrics = Items(fields, "defaultMetrics", item => Open(
                item,
                "a default metric",
                ["name", "query", "unit", "description"],
                f => new DefaultMetric(Text(f, "name"), Text(f, "query"), Text(f, "unit"), Text(f, "description")))),
            Slos = Items(fields, "slos", Slo),
        };
    }

    private ApplicationComponent Component(YamlValue value) => Open(value, "a component", ["name", "kind", "dependsOn", "metrics", "logs"], f => new ApplicationComponent
    {
        Name = Text(f, "name"),
        Kind = Choice<ComponentKind>(f, "kind", ComponentKind.Service),
        DependsOn = [.. f.Texts("dependsOn").Select(t => t.Text)],
        Metrics = Mapping(f, "metrics"),
        Logs = Mapping(f, "logs"),
    });

    private ServiceLevelObjective Slo(YamlValue value) =>
        Open(value, "an objective", ["name", "kind", "objective", "thresholdSeconds", "windowDays", "component", "good", "total", "query"], f => new ServiceLevelObjective
        {
            Name = Text(f, "name"),
            Kind = Choice<SloKind>(f, "kind", null),
            Objective = Number(f, "objective") ?? 0,
            ThresholdSeconds = Number(f, "thresholdSeconds"),
            WindowDays = Whole(f, "windowDays") ?? 30,
            Component = Optional(f, "component"),
            Good = Optional(f, "good"),
            Total = Optional(f, "total"),
            Query = Optional(f, "query"),
        });

    private SourceMapping Mapping(YamlFields fields, string key) => fields.Value(key) is { } value
        ? Open(value, key, ["datasource", "labels"], f => new SourceMapping(Optional(f, "datasource"), Labels(f)))
        : SourceMapping.None;

    private static Dictionary<string, string> Labels(YamlFields fields)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (fields.Value("labels"))
        {
            case null:
                break;
            case YamlMap map when map.Entries.All(e => e.Value is YamlText):
                foreach (var (name, _, value) in map.Entries)
                {
                    labels[name] = ((YamlText)value).Text;
                }

                break;
            default:
                fields.Problem("labels", "labels must be a map of texts, such as {namespace: shop}");
                break;
        }

        return labels;
    }

    private T Open<T>(YamlValue value, string what, string[] known, Func<YamlFields, T> read)
        where T : class, new() =>
        YamlFields.Open(value, what, problems, known) is { } fields ? read(fields) : new T();

    private static List<T> Items<T>(YamlFields fields, string key, Func<YamlValue, T> read)
    {
        switch (fields.Value(key))
        {
            case null:
                return [];
            case YamlList list:
                return [.. list.Items.Select(read)];
            default:
                fields.Problem(key, $"{key} must be a list");
                return [];
        }
    }

    private static string Text(YamlFields fields, string key) => Optional(fields, key) ?? "";

    private static string? Optional(YamlFields fields, string key)
    {
        switch (fields.Value(key))
        {
            case null:
                return null;
            case YamlText text:
                return text.Text;
            default:
                fields.Problem(key, $"{key} must be text");
                return null;
        }
    }

    private static T Choice<T>(YamlFields fields, string key, T? otherwise)
        where T : struct, Enum
    {
        if (Optional(fields, key) is not { } text)
        {
            if (otherwise is null)
            {
                fields.Problem(key, $"{key} is missing; write one of {ApplicationWords.All<T>()}");
            }

            return otherwise ?? default;
        }

        if (ApplicationWords.TryParse<T>(text, out var value))
        {
            return value;
        }

        fields.Problem(key, $"{key} must be one of {ApplicationWords.All<T>()}, not '{CleanText.Cut(CleanText.Line(text), 60)}'");
        return default;
    }

    private static double? Number(YamlFields fields, string key)
    {
        if (Optional(fields, key) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        fields.Problem(key, $"{key} must be a number such as 99.9");
        return null;
    }

    private static int? Whole(YamlFields fields, string key)
    {
        if (Optional(fields, key) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        fields.Problem(key, $"{key} must be a whole number such as 30");
        return null;
    }
}

/// <summary>The words for the kinds of things, which JSON and YAML share.</summary>
internal static class ApplicationWords
{
    public static string Of<T>(T value)
        where T : struct, Enum =>
        System.Text.Json.JsonSerializer.Serialize(value, NightwatchJson.Options).Trim('"');

    public static string All<T>()
        where T : struct, Enum =>
        string.Join(", ", Enum.GetValues<T>().Select(Of));

    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum
    {
        value = Enum.GetValues<T>().FirstOrDefault(v => Of(v) == text);
        return Of(value) == text;
    }
}
