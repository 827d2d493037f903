using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// One condition on a label as Alertmanager writes it: <c>service="x"</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>. An absent label has the value "".
/// Regular expressions are anchored and run in linear time (no backtracking), so that no pattern and no label can stall the process.
/// </summary>
public sealed class LabelMatcher
{
    private const int MaxPatternLength = 2000;
    private readonly Regex? regex;

    private LabelMatcher(SilenceMatcher matcher, Regex? regex)
    {
        Matcher = matcher;
        this.regex = regex;
    }

    public SilenceMatcher Matcher { get; }

    /// <exception cref="ArgumentException">The name is empty or the regular expression is not one that runs in linear time.</exception>
    public static LabelMatcher From(SilenceMatcher matcher)
    {
        if (matcher.Name.Length == 0)
        {
            throw new ArgumentException("a matcher needs the name of a label");
        }

        return new LabelMatcher(matcher, matcher.IsRegex ? Compile(matcher.Value) : null);
    }

    /// <summary>Parses <c>name op value</c>; quotes around name and value may be left out.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelMatcher? matcher, out string problem)
    {
        matcher = null;
        var at = text.IndexOfAny(['=', '!']);
        var op = at <= 0 ? "" : text[at..] switch
        {
            ['=', '~', ..] => "=~",
            ['!', '~', ..] => "!~",
            ['!', '=', ..] => "!=",
            ['=', ..] => "=",
            _ => "",
        };
        if (op.Length == 0)
        {
            problem = $"'{text}' is not a matcher; write label=\"value\", label!=\"value\", label=~\"regex\" or label!~\"regex\"";
            return false;
        }

        var name = Unquote(text[..at].Trim());
        var value = Unquote(text[(at + op.Length)..].Trim());
        try
        {
            matcher = From(
                new SilenceMatcher(
                    name ?? "", value ?? throw new ArgumentException("the value's quotes are not closed"), op is "=~" or "!~", op is "=" or "=~"));
            problem = "";
            return true;
        }
        catch (ArgumentException e)
        {
            problem = $"'{text}': {e.Message}";
            return false;
        }
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(Matcher.Name, "");
        return Matcher.IsEqual == (regex is null ? value == Matcher.Value : regex.IsMatch(value));
    }

    /// <exception cref="ArgumentException">Not a regular expression, or one that needs backtracking.</exception>
    internal static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxPatternLength)
        {
            throw new ArgumentException($"the regular expression has {pattern.Length} characters; at most {MaxPatternLength} are taken");
        }

        try
        {
            // The pattern must stand on its own before it is put into the anchors' group.
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return new Regex($"^(?s:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (NotSupportedException)
        {
            throw new ArgumentException(
                "the regular expression uses a lookaround, a back-reference or an atomic group, or is too large; write it without (Alertmanager's RE2 has none either)");
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"not a regular expression: {e.Message}", e);
        }
    }

    public override string ToString() => $"{Matcher.Name}{(Matcher.IsEqual ? Matcher.IsRegex ? "=~" : "=" : Matcher.IsRegex ? "!~" : "!=")}\"{Matcher.Value}\"";

    private static string? Unquote(string text)
    {
        if (text.Length == 0 || text[0] is not ('"' or '\''))
        {
            return text;
        }

        return text.Length >= 2 && text[^1] == text[0]
            ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            : null;
    }
}
