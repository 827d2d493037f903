using Nightwatch.Domain.Configuration;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Reads the masking policy from YAML. Credentials are masked whatever it says; it chooses among personal data, and adds patterns. See docs/masking.md.</summary>
public static class MaskingPolicyFile
{
    private static readonly Dictionary<string, SensitiveData> Choices = new(StringComparer.Ordinal)
    {
        ["email"] = SensitiveData.Email,
        ["phone"] = SensitiveData.Phone,
        ["card"] = SensitiveData.Card,
        ["iban"] = SensitiveData.Iban,
        ["national-id"] = SensitiveData.NationalId,
        ["ip-address"] = SensitiveData.IpAddress,
    };

    public static Configured<MaskingPolicy> Parse(string yaml)
    {
        var problems = new List<ConfigurationProblem>();
        var (root, problem) = StrictYaml.Parse(yaml);
        if (problem is not null)
        {
            return new(null, [problem]);
        }

        var policy = MaskingPolicy.Default;
        if (root is not null && YamlFields.Open(root, "the file", problems, "mask", "patterns") is { } file)
        {
            policy = policy with { Classes = ReadClasses(file, problems), Custom = ReadPatterns(file, problems) };
        }

        return problems.Count == 0 ? new(policy, []) : new(null, problems);
    }

    private static SensitiveData ReadClasses(YamlFields file, List<ConfigurationProblem> problems)
    {
        if (file.Value("mask") is null)
        {
            return MaskingPolicy.Default.Classes;
        }

        var classes = SensitiveData.Credentials | SensitiveData.Custom;
        foreach (var (text, line) in file.Texts("mask"))
        {
            if (Choices.TryGetValue(text, out var known))
            {
                classes |= known;
            }
            else
            {
                problems.Add(new ConfigurationProblem(line, $"mask takes {string.Join(", ", Choices.Keys)}; credentials are always masked"));
            }
        }

        return classes;
    }

    private static List<CustomPattern> ReadPatterns(YamlFields file, List<ConfigurationProblem> problems)
    {
        var patterns = new List<CustomPattern>();
        switch (file.Value("patterns"))
        {
            case null:
                return patterns;
            case YamlList list when list.Items.Count <= MaskingPolicy.MaxCustomPatterns:
                foreach (var fields in list.Items.Select(i => YamlFields.Open(i, "a pattern", problems, "name", "pattern")).OfType<YamlFields>())
                {
                    if (CustomPattern.TryCreate(fields.Text("name", 60) ?? "", fields.Text("pattern", 1000) ?? "", out var pattern, out var error))
                    {
                        patterns.Add(pattern);
                    }
                    else
                    {
                        fields.Problem("pattern", error);
                    }
                }

                return patterns;
            default:
                file.Problem("patterns", $"patterns must be a list of at most {MaskingPolicy.MaxCustomPatterns} entries with name and pattern");
                return patterns;
        }
    }
}
