using System.Text;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Tools.Changes;

/// <summary>One condition of a selector, as PromQL writes it; the value is kept as it was quoted.</summary>
internal sealed record LabelMatcher(string Name, string Operator, string QuotedValue)
{
    public override string ToString() => $"{Name}{Operator}{QuotedValue}";
}

/// <summary>The conditions between braces of a selector, read so that others can be put beside them. Metric names and anything else are refused.</summary>
internal sealed partial record LabelSelector(IReadOnlyList<LabelMatcher> Matchers)
{
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Reads {a="b",c=~"d.*"}; null when the text is anything else.</summary>
    public static LabelSelector? TryParse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Everything;
        }

        var body = text.Trim();
        if (body.Length < 2 || body[0] != '{' || body[^1] != '}')
        {
            return null;
        }

        var matchers = new List<LabelMatcher>();
        var rest = body[1..^1];
        while (rest.Trim().Length > 0)
        {
            var match = Condition().Match(rest);
            if (!match.Success)
            {
                return null;
            }

            matchers.Add(new LabelMatcher(match.Groups["name"].Value, match.Groups["operator"].Value, match.Groups["value"].Value));
            rest = rest[match.Length..];
        }

        return new LabelSelector(matchers);
    }

    /// <summary>A selector of these conditions and of a pattern of the metric's name.</summary>
    public string For(string namePattern)
    {
        var text = new StringBuilder($"{{__name__=~\"{namePattern}\"");
        foreach (var matcher in Matchers)
        {
            text.Append(',').Append(matcher);
        }

        return text.Append('}').ToString();
    }

    /// <summary>A selector of one metric with these conditions.</summary>
    public string Of(string metric) => Matchers.Count == 0 ? metric : $"{metric}{{{string.Join(',', Matchers)}}}";

    /// <summary>False when a label that something has is another than an equality condition asks for; what it does not say is not held against it.</summary>
    public bool Allows(IReadOnlyDictionary<string, string> labels) =>
        Matchers.Where(m => m.Operator == "=").All(m => !labels.TryGetValue(m.Name, out var value) || m.QuotedValue[1..^1] == value);

    [GeneratedRegex(
        """^\s*(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?<operator>=~|!~|!=|=)\s*(?<value>"([^"\\\n]|\\.)*"|'([^'\\\n]|\\.)*')\s*(,|$)""",
        RegexOptions.NonBacktracking)]
    private static partial Regex Condition();
}
