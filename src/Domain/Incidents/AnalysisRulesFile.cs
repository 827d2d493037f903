using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Configuration;

namespace Nightwatch.Domain.Incidents;

/// <summary>
/// Reads auto-analyse rules from YAML, strictly: an unknown key, a bad matcher or a bad depth is a problem with its line. See docs/auto-analyse.md.
/// </summary>
public static class AnalysisRulesFile
{
    private const int MaxRules = 500;
    private const int MaxMatchers = 32;
    private static readonly string[] SourceNames = [AlertSources.Alertmanager, AlertSources.Grafana, AlertSources.Generic];

    public static Configured<AnalysisRules> Parse(string yaml)
    {
        var problems = new List<ConfigurationProblem>();
        var rules = new List<AnalysisRule>();
        var (root, problem) = StrictYaml.Parse(yaml);
        if (problem is not null)
        {
            problems.Add(problem);
        }
        else if (root is null)
        {
            problems.Add(new ConfigurationProblem(0, "The file is empty; write rules: and a list, or remove the file for the default rules."));
        }
        else if (YamlFields.Open(root, "the file", problems, "rules") is { } file)
        {
            ReadRules(file, rules, problems);
        }

        return problems.Count == 0 ? new(new AnalysisRules(rules), []) : new(null, problems);
    }

    private static void ReadRules(YamlFields file, List<AnalysisRule> rules, List<ConfigurationProblem> problems)
    {
        if (file.Value("rules") is not YamlList { Items.Count: > 0 and <= MaxRules } list)
        {
            file.Problem("rules", $"rules must be a list of 1 to {MaxRules} rules");
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (YamlFields.Open(
                item, "a rule", problems, "name", "match", "severity", "source", "time", "investigate", "depth", "model", "reason") is not { } fields)
            {
                continue;
            }

            var rule = ReadRule(fields, problems);
            if (!names.Add(rule.Name))
            {
                fields.Problem("name", $"two rules are named '{rule.Name}'");
            }

            rules.Add(rule);
        }
    }

    private static AnalysisRule ReadRule(YamlFields fields, List<ConfigurationProblem> problems)
    {
        var name = fields.Text("name", 120);
        var investigate = fields.Boolean("investigate");
        if (name is null)
        {
            fields.Problem("name", "a rule needs a name; it is shown as the reason of each decision");
        }

        if (investigate is null && fields.Value("investigate") is null)
        {
            fields.Problem("investigate", "a rule needs investigate: true or investigate: false");
        }

        if (fields.Texts("match").Count > MaxMatchers)
        {
            fields.Problem("match", $"more than {MaxMatchers} matchers");
        }

        return new AnalysisRule
        {
            Name = name ?? "",
            Matchers = fields.Matchers("match"),
            Severities = ReadSeverities(fields),
            Sources = ReadSources(fields),
            Times = fields.Value("time") is { } time ? ReadTimes(time, problems) : null,
            Investigate = investigate ?? false,
            Depth = ReadDepth(fields),
            Model = fields.Text("model", 120),
            Reason = fields.Text("reason") ?? "",
        };
    }

    private static List<string> ReadSeverities(YamlFields fields)
    {
        var severities = new List<string>();
        foreach (var (text, _) in fields.Texts("severity"))
        {
            if (Severities.Normalise(text) is { } severity)
            {
                severities.Add(severity);
            }
            else
            {
                fields.Problem("severity", $"'{CleanText.Cut(CleanText.Line(text), 40)}' is not a severity; write critical, error, warning, info or none");
            }
        }

        return severities;
    }

    private static List<string> ReadSources(YamlFields fields)
    {
        var sources = fields.Texts("source").Select(s => s.Text).ToList();
        foreach (var unknown in sources.Where(s => !SourceNames.Contains(s)))
        {
            fields.Problem("source", $"'{CleanText.Cut(CleanText.Line(unknown), 40)}' is not a source; write {string.Join(", ", SourceNames)}");
        }

        return sources;
    }

    private static InvestigationDepth ReadDepth(YamlFields fields)
    {
        switch (fields.Text("depth"))
        {
            case "quick":
                return InvestigationDepth.Quick;
            case null or "standard":
                return InvestigationDepth.Standard;
            case "deep":
                return InvestigationDepth.Deep;
            case { } other:
                fields.Problem("depth", $"depth must be quick, standard or deep, not '{other}'");
                return InvestigationDepth.Standard;
        }
    }

    private static DailyTimes? ReadTimes(YamlValue value, List<ConfigurationProblem> problems)
    {
        if (YamlFields.Open(value, "time", problems, "days", "from", "to", "timeZone") is not { } fields)
        {
            return null;
        }

        var (days, from, to, zone) = (fields.Days("days"), fields.Clock("from"), fields.Clock("to"), fields.Zone("timeZone"));
        return from is null || to is null ? null : new DailyTimes(days, from.Value, to.Value, zone);
    }
}
