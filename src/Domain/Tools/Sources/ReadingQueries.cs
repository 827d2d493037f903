using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Tools.Sources;

/// <summary>
/// Keeps queries that change things away from sources whose language we do not parse. It is a second wall: the first is that the account which the source is
/// asked with only reads.
/// </summary>
internal static partial class ReadingQueries
{
    /// <summary>Packages of Flux that compute only. Those of the network, of other databases and of secrets are not among them, nor are those with a to of their own.</summary>
    private static readonly HashSet<string> Packages = new(StringComparer.Ordinal)
    {
        "array", "bitwise", "contrib/tomhollingworth/events", "date", "date/boundaries", "dict", "influxdata/influxdb/schema", "influxdata/influxdb/v1", "interpolate", "join", "json",
        "math", "regexp", "strings", "timezone", "types",
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

        var code = TextsAndComments().Replace(query, m => m.Value[0] == '"' ? "\"\"" : " ");
        return Statement().IsMatch(code) ? WhyNotStatement(code) : type == "influxdb" ? WhyNotFlux(query, code) : "Only SELECT, SHOW and EXPLAIN are sent to this source.";
    }

    private static string? WhyNotStatement(string code) =>
        code.TrimEnd().TrimEnd(';').Contains(';', StringComparison.Ordinal) ? "Only one statement is sent at a time."
        : Changing().Match(code) is { Success: true } word ? $"{word.Value.ToUpperInvariant()} changes things; only reading queries are sent."
        : null;

    private static string? WhyNotFlux(string query, string code)
    {
        foreach (Match import in Import().Matches(query))
        {
            if (!Packages.Contains(import.Groups[1].Value))
            {
                return $"The package {import.Groups[1].Value} is not among those that only compute.";
            }
        }

        return Writing().Match(code) is { Success: true } call ? $"{call.Groups[1].Value} writes; only reading queries are sent." : null;
    }

    [GeneratedRegex("""^\s*(select|show|explain)\b""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Statement();

    [GeneratedRegex("""\b(into|insert|update|delete|drop|alter|create|grant|revoke|truncate|kill|set)\b""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Changing();

    [GeneratedRegex("""\bimport\b[^"]*"([^"]*)""", RegexOptions.NonBacktracking)]
    private static partial Regex Import();

    // Any mention counts: a function may be given another name first. tables |> to, x = to.
    [GeneratedRegex("""\b(to|wideTo)\b""", RegexOptions.NonBacktracking)]
    private static partial Regex Writing();

    [GeneratedRegex("""
        "([^"\\]|\\.)*"|'([^'\\]|\\.)*'|//[^\n]*|--[^\n]*|/\*([^*]|\*+[^*/])*\*+/
        """, RegexOptions.NonBacktracking | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex TextsAndComments();
}
