using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Tools.Sources;

/// <summary>
/// Keeps queries that change things away from sources whose language we do not parse. Words count wherever they stand, also in texts and comments: where those begin
/// and end is exactly what only a parser knows. It is a second wall; the first is that the account which the source is asked with only reads.
/// </summary>
internal static partial class ReadingQueries
{
    /// <summary>Packages of Flux that compute only. Those of the network, of other databases and of secrets are not among them, nor are those with a to of their own.</summary>
    private static readonly HashSet<string> Packages = new(StringComparer.Ordinal)
    {
        "array", "bitwise", "date", "date/boundaries", "dict", "influxdata/influxdb/schema", "influxdata/influxdb/v1", "interpolate", "join", "json", "math", "regexp", "strings", "timezone",
        "types",
    };

    /// <summary>Why the query does not go out; null when it may.</summary>
    /// <param name="type">Of the source: influxdb, elasticsearch, ...</param>
    public static string? WhyNot(string type, string query)
    {
        // Lucene only finds.
        if (type == "elasticsearch")
        {
            return null;
        }

        var isStatement = Statement().IsMatch(query);
        return !isStatement && type != "influxdb" ? "Only SELECT, SHOW and EXPLAIN are sent to this source."
            : (isStatement ? WhyNotStatement(query) : null) ?? (type == "influxdb" ? WhyNotFlux(query) : null);
    }

    private static string? WhyNotStatement(string query) =>
        query.TrimEnd().TrimEnd(';').Contains(';', StringComparison.Ordinal) ? "Only one statement is sent at a time."
        : Changing().Match(query) is { Success: true } word ? $"{word.Value.ToUpperInvariant()} changes things; only reading queries are sent."
        : null;

    private static string? WhyNotFlux(string query)
    {
        foreach (Match import in Import().Matches(query))
        {
            if (import.Groups[1].Value is var package && !Packages.Contains(package))
            {
                return package.Length == 0 ? "Behind import a package that only computes has to follow." : $"The package {package} is not among those that only compute.";
            }
        }

        return Writing().Match(query) is { Success: true } word ? $"{word.Value} writes; only reading queries are sent (the word may not stand in texts either)." : null;
    }

    [GeneratedRegex("""^\s*(select|show|explain)\b""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Statement();

    [GeneratedRegex("""\b(into|insert|update|delete|drop|alter|create|grant|revoke|truncate|kill|set)\b""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Changing();

    // With or without a name of its own for the package; anything else behind the word leaves the group empty.
    [GeneratedRegex("""\bimport\b(?:\s+(?:[a-zA-Z_]\w*\s+)?"([^"\\]+)")?""")]
    private static partial Regex Import();

    // A function may be given another name first, so that any mention counts: tables |> to(...), x = to.
    [GeneratedRegex("""\b(to|wideTo)\b""", RegexOptions.NonBacktracking)]
    private static partial Regex Writing();
}
