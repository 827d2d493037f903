using System.Text.RegularExpressions;

namespace Nightwatch.Shop.Logs;

/// <summary>
/// The part of LogQL that selects lines: <c>{label="a", other=~"b|c"} |= "text" !~ "expression"</c>. Labels match whole values, line filters any part.
/// Written from grafana.com/docs/loki/latest/query/log_queries.
/// </summary>
internal sealed partial class LogSelection
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

    private readonly List<(string Label, Func<string, bool> Holds)> matchers = [];
    private readonly List<Func<string, bool>> filters = [];

    private LogSelection()
    {
    }

    public bool MatchesStream(IReadOnlyDictionary<string, string> labels) => matchers.TrueForAll(m => m.Holds(labels.GetValueOrDefault(m.Label, "")));

    public bool MatchesLine(string line) => filters.TrueForAll(f => f(line));

    /// <exception cref="FormatException">Not such a query; the message names the place.</exception>
    public static LogSelection Parse(string query)
    {
        if (query.Length > MaxLength)
        {
            throw new FormatException($"parse error: the query is longer than {MaxLength} characters");
        }

        var tokens = new Queue<string>(Tokens(query));
        var selection = new LogSelection();
        Require(tokens, "{");
        while (tokens.TryPeek(out var next) && next != "}")
        {
            var label = Next(tokens);
            selection.matchers.Add((label, Test(Next(tokens), Unquote(Next(tokens)), whole: true)));
            if (tokens.TryPeek(out next) && next == ",")
            {
                tokens.Dequeue();
            }
        }

        Require(tokens, "}");
        if (selection.matchers.Count == 0)
        {
            throw new FormatException("parse error: a query needs at least one label matcher");
        }

        while (tokens.Count > 0)
        {
            selection.filters.Add(Test(Next(tokens), Unquote(Next(tokens)), whole: false));
        }

        return selection;
    }

    private static IEnumerable<string> Tokens(string query)
    {
        var end = 0;
        foreach (Match token in Token.Matches(query))
        {
            end = token.Index + token.Length;
            yield return token.Groups["text"].Value;
        }

        if (end != query.Length)
        {
            throw new FormatException($"parse error at line 1, col {end + 1}: syntax error: unexpected '{query[end]}'");
        }
    }

    private static string Next(Queue<string> tokens) => tokens.TryDequeue(out var token) ? token : throw new FormatException("parse error: unexpected end of the query");

    private static void Require(Queue<string> tokens, string expected)
    {
        var token = Next(tokens);
        if (token != expected)
        {
            throw new FormatException($"parse error: unexpected '{token}', expecting '{expected}'");
        }
    }

    private static Func<string, bool> Test(string comparison, string value, bool whole) => (comparison, whole) switch
    {
        ("=", true) => actual => actual == value,
        ("!=", true) => actual => actual != value,
        ("=~", true) => Expression($"^(?:{value})$").IsMatch,
        ("!~", true) => Not(Expression($"^(?:{value})$")),
        ("|=", false) => line => line.Contains(value, StringComparison.Ordinal),
        ("!=", false) => line => !line.Contains(value, StringComparison.Ordinal),
        ("|~", false) => Expression(value).IsMatch,
        ("!~", false) => Not(Expression(value)),
        _ => throw new FormatException($"parse error: unexpected '{comparison}'; this endpoint knows label matchers and the line filters |= != |~ !~"),
    };

    private static Func<string, bool> Not(Regex expression) => text => !expression.IsMatch(text);

    private static Regex Expression(string pattern)
    {
        try
        {
            // Linear time, as Loki's RE2 is.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"parse error: {e.Message}", e);
        }
    }

    private static string Unquote(string token) => token[0] switch
    {
        '`' => token[1..^1],
        '"' => Escape.Replace(token[1..^1], m => m.Value[1] switch { 'n' => "\n", 't' => "\t", 'r' => "\r", var c => c.ToString() }),
        _ => throw new FormatException($"parse error: unexpected '{token}', expecting a string"),
    };

    [GeneratedRegex("""\G\s*(?<text>"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|=~|!~|!=|\|=|\|~|\||[{}=,])\s*""")]
    private static partial Regex Token { get; }

    [GeneratedRegex(@"\\.")]
    private static partial Regex Escape { get; }
}
