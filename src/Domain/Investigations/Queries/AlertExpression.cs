using System.Globalization;
using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Queries;

/// <summary>
/// What can be read off an alert's expression without evaluating it: the side of its first comparison that is measured, the threshold, the names of its
/// metrics and its equality conditions. The text comes from outside and may be anything.
/// </summary>
public sealed partial record AlertExpression
{
    public const int MaxLength = 4000;

    /// <summary>The expression as it was given.</summary>
    public required string Text { get; init; }

    /// <summary>What to plot so that values on both sides of the threshold show: the expression without its comparison, or all of it.</summary>
    public required string Measured { get; init; }

    /// <summary>The number it is compared with, in its own unit; null when it is compared with none, or not with a number.</summary>
    public double? Threshold { get; init; }

    /// <summary>True when values above the threshold fire, false when values below do.</summary>
    public bool FiresAbove { get; init; } = true;

    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>Equality conditions, first of each label.</summary>
    public required IReadOnlyDictionary<string, string> Conditions { get; init; }

    /// <summary>Null for an empty or too long text.</summary>
    public static AlertExpression? Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength)
        {
            return null;
        }

        var whole = text.Trim();
        var marks = TopLevel(whole);
        var end = marks.Where(m => m.Kind == MarkKind.SetOperator).Select(m => m.Start).DefaultIfEmpty(whole.Length).First();
        var measured = whole;
        double? threshold = null;
        var above = true;
        if (marks.Find(m => m.Kind == MarkKind.Comparison && m.Start < end) is { } comparison)
        {
            var left = whole[..comparison.Start].Trim();
            var right = BoolModifier().Replace(whole[(comparison.Start + comparison.Text.Length)..end].Trim(), "").Trim();
            above = comparison.Text.StartsWith('>');
            if (Number(right) is { } limit)
            {
                (measured, threshold) = (left, limit);
            }
            else if (Number(left) is { } reversed)
            {
                (measured, threshold, above) = (right, reversed, !above);
            }
            else
            {
                measured = left;
            }

            // An equality test has no far side to show.
            threshold = comparison.Text is "==" or "!=" ? null : threshold;
        }

        return new AlertExpression
        {
            Text = whole,
            Measured = measured.Length == 0 ? whole : measured,
            Threshold = threshold,
            FiresAbove = above,
            Metrics = MetricsOf(whole),
            Conditions = ConditionsOf(whole),
        };
    }

    private static double? Number(string text) =>
        double.TryParse(text.Trim('(', ')', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static List<string> MetricsOf(string text) =>
        [.. Word().Matches(Quoted().Replace(text, "\"\"")).Where(m => m.Groups["call"].Length == 0 && m.Groups["label"].Length == 0)
            .Select(m => m.Groups["name"].Value)
            .Where(n => n.Contains('_', StringComparison.Ordinal) || n is "up")
            .Distinct(StringComparer.Ordinal).Take(10)];

    private static Dictionary<string, string> ConditionsOf(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in Equality().Matches(text).Take(50))
        {
            found.TryAdd(match.Groups["name"].Value, match.Groups["value"].Value);
        }

        return found;
    }

    private enum MarkKind
    {
        Comparison,
        SetOperator,
    }

    private sealed record Mark(MarkKind Kind, int Start, string Text);

    /// <summary>Comparisons and set operators outside of every bracket, string and comment, in order.</summary>
    private static List<Mark> TopLevel(string text)
    {
        var marks = new List<Mark>();
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '"' or '\'' or '`')
            {
                i = EndOfString(text, i);
            }
            else if (c == '#')
            {
                i = text.IndexOf('\n', i) is var line and >= 0 ? line : text.Length;
            }
            else if (c is '(' or '[' or '{')
            {
                depth++;
            }
            else if (c is ')' or ']' or '}')
            {
                depth--;
            }
            else if (depth == 0 && Operator().Match(text, i) is { Success: true } match && match.Index == i && !IsInsideWord(text, i, match))
            {
                marks.Add(new Mark(char.IsLetter(c) ? MarkKind.SetOperator : MarkKind.Comparison, i, match.Value));
                i += match.Length - 1;
            }
        }

        return marks;
    }

    private static bool IsInsideWord(string text, int at, Match match) =>
        char.IsLetter(match.Value[0])
        && ((at > 0 && IsWordCharacter(text[at - 1])) || (at + match.Length < text.Length && IsWordCharacter(text[at + match.Length])));

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c is '_' or ':';

    private static int EndOfString(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && text[start] != '`')
            {
                i++;
            }
            else if (text[i] == text[start])
            {
                return i;
            }
        }

        return text.Length;
    }

    [GeneratedRegex(@"\G(==|!=|>=|<=|>|<|and|or|unless)", RegexOptions.IgnoreCase)]
    private static partial Regex Operator();

    [GeneratedRegex(@"\Abool\b", RegexOptions.IgnoreCase)]
    private static partial Regex BoolModifier();

    [GeneratedRegex("""(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<call>\s*\()?(?<label>\s*(=~|!~|!=|=[^=]))?""", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex("\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)*'", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)\\s*=\\s*\"(?<value>[^\"\\\\\n]{1,200})\"", RegexOptions.NonBacktracking)]
    private static partial Regex Equality();
}
