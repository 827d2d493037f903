using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>The label whose values are the application's name, or begin with it.</summary>
/// <param name="Quality">0 is the name itself, 1 the name in another spelling, 2 values that begin with it and go on behind a dash or the like, 3 any that begin with it.</param>
internal sealed record NameMatch(string Label, IReadOnlyList<string> Values, int Quality)
{
    public const int MaxName = ApplicationRules.MaxId;

    private const int MaxValues = 50;
    private const string Separators = "-_. /";

    /// <summary>Most telling first: those by which access is decided, and then those that hold several services.</summary>
    private static readonly string[] Candidates =
        [.. AccessTarget.ApplicationLabels.Where(l => l != "job"), "app_kubernetes_io_part_of", "namespace", "job", "component", "deployment"];

    /// <summary>One for each label: series whose value begins with the name, whatever its case and what stands between its words.</summary>
    public static IReadOnlyList<string> Selectors(string name)
    {
        var pattern = "(?i)" + string.Join("[-_. /]?", Normal(name).Select(c => PromQl.EscapePattern(c.ToString()))) + ".*";
        return [.. Candidates.Select(label => PromQl.Selector(null, [LabelCondition.Matches(label, pattern)]))];
    }

    public static NameMatch? Best(string name, IReadOnlyList<IReadOnlyDictionary<string, string>> series) => Candidates
        .Select(label => Of(name, label, ValuesOf(label, series)))
        .OfType<NameMatch>()
        .OrderBy(m => m.Quality)
        .ThenBy(m => Array.IndexOf(Candidates, m.Label))
        .FirstOrDefault();

    /// <summary>The names that are there, the closest first.</summary>
    public static IReadOnlyList<string> Closest(string name, IReadOnlyList<IReadOnlyDictionary<string, string>> series, int most) => Candidates
        .SelectMany(label => ValuesOf(label, series))
        .Distinct(StringComparer.Ordinal)
        .OrderBy(value => Distance(Normal(name), Normal(value)))
        .ThenBy(value => value, StringComparer.Ordinal)
        .Take(most)
        .ToList();

    /// <summary>A value that may stand in a profile.</summary>
    public static bool IsUsable(string value) => value.Trim().Length > 0 && value.Length <= ApplicationRules.MaxName && CleanText.Line(value) == value;

    /// <summary>The letters and digits alone, in lower case.</summary>
    public static string Normal(string text) => string.Concat(text.Where(c => !Separators.Contains(c, StringComparison.Ordinal))).ToLowerInvariant();

    private static NameMatch? Of(string name, string label, IEnumerable<string> values)
    {
        var best = values.Select(v => (Value: v, Quality: QualityOf(name, v))).Where(v => v.Quality is not null).GroupBy(v => v.Quality!.Value).MinBy(g => g.Key);
        return best is null ? null : new NameMatch(label, [.. best.Select(v => v.Value).Order(StringComparer.Ordinal).Take(MaxValues)], best.Key);
    }

    private static int? QualityOf(string name, string value)
    {
        var (wanted, own) = (Normal(name), Normal(value));
        if (wanted == own)
        {
            return name == value ? 0 : 1;
        }

        if (!own.StartsWith(wanted, StringComparison.Ordinal))
        {
            return null;
        }

        // How far the name reaches into the value, with what stands between its words.
        var at = 0;
        for (var letters = 0; letters < wanted.Length; at++)
        {
            letters += Separators.Contains(value[at], StringComparison.Ordinal) ? 0 : 1;
        }

        return at < value.Length && Separators.Contains(value[at], StringComparison.Ordinal) ? 2 : 3;
    }

    private static IEnumerable<string> ValuesOf(string label, IReadOnlyList<IReadOnlyDictionary<string, string>> series) =>
        series.Select(s => s.GetValueOrDefault(label, "")).Where(IsUsable).Distinct(StringComparer.Ordinal);

    /// <summary>Insertions, removals and replacements (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
