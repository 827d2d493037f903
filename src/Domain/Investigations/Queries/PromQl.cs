using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Queries;

/// <summary>A condition on a label; the value is plain text (or, for =~ and !~, an RE2 pattern) and is escaped when it is written.</summary>
public sealed record LabelCondition(string Name, string Operator, string Value)
{
    public static LabelCondition Is(string name, string value) => new(name, "=", value);

    public static LabelCondition Matches(string name, string pattern) => new(name, "=~", pattern);
}

/// <summary>Writes PromQL. Whatever a label's value holds stays inside its quotes.</summary>
public static partial class PromQl
{
    /// <summary>Longer values are not asked for; no label of a real service comes near.</summary>
    public const int MaxValueLength = 512;

    private static readonly SearchValues<char> PatternCharacters = SearchValues.Create("\\.+*?()|[]{}^$");

    /// <summary>name{a="b",c=~"d"}; without conditions the bare name, without a name the bare braces.</summary>
    /// <exception cref="ArgumentException">A metric name, label name or operator is not one, or there is neither a name nor a condition.</exception>
    public static string Selector(string? metric, IReadOnlyCollection<LabelCondition> conditions)
    {
        if (metric is null ? conditions.Count == 0 : !MetricName().IsMatch(metric))
        {
            throw new ArgumentException("A selector needs a metric's name or a condition.", nameof(metric));
        }

        return conditions.Count == 0 ? metric! : $"{metric}{{{string.Join(',', conditions.Select(Write))}}}";
    }

    /// <summary>A string literal in double quotes. Half surrogates become U+FFFD, since PromQL is UTF-8.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("\"", value.Length + 8);
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < 0x20 or 0x7f => text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ => text.Append(rune.ToString()),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A pattern that matches exactly this text (RE2).</summary>
    public static string EscapePattern(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            if (PatternCharacters.Contains(c))
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }

    /// <summary>A duration as PromQL writes it, in whole seconds.</summary>
    public static string Duration(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)duration.TotalSeconds)}s");

    public static bool IsLabelName(string text) => LabelName().IsMatch(text);

    public static bool IsMetricName(string text) => MetricName().IsMatch(text);

    private static string Write(LabelCondition condition) =>
        !LabelName().IsMatch(condition.Name) || condition.Operator is not ("=" or "!=" or "=~" or "!~")
            ? throw new ArgumentException($"'{condition.Name}{condition.Operator}' is no condition on a label.")
            : $"{condition.Name}{condition.Operator}{Quote(condition.Value)}";

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,199}\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\A[a-zA-Z_:][a-zA-Z0-9_:]{0,299}\z", RegexOptions.NonBacktracking)]
    private static partial Regex MetricName();
}
