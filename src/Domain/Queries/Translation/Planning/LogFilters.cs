using System.Text.RegularExpressions;
using Nightwatch.Domain.Queries.Syntax;
using Nightwatch.Domain.Queries.Templates;
using Nightwatch.Domain.Queries.Translation.Language;
using Nightwatch.Domain.Queries.Translation.Writing;

namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>What log lines are to hold: quoted text, what programs write for what was said, names from the question, the level.</summary>
internal sealed partial class LogFilters(Understanding understanding, TranslationContext context)
{
    private readonly HashSet<string> stems = [.. understanding.Question.Split([' ', ',', '?', '\'', '"', '(', ')', '/'], StringSplitOptions.RemoveEmptyEntries).Select(w => WordStem.Of(w.ToLowerInvariant().TrimEnd('.', ':')))];

    public string? Program { get; } = understanding.Entities.Select(e => LogPhrases.ProgramOf(e.Value)).FirstOrDefault(p => p is not null) ?? LogPhrases.ProgramOf(understanding.Question);

    public LogPhrase? Phrase { get; private set; }

    public (List<LineFilter> Filters, List<MatcherSyntax> Hints) Read(IReadOnlyList<string> names)
    {
        var filters = understanding.Texts.Select(t => new LineFilter(false, t)).ToList();
        Phrase = BestPhrase(quoted: filters.Count > 0);
        var hints = Hints(Phrase);
        if (Phrase is not null && (filters.Count == 0 || Phrase.Value is not null))
        {
            filters.AddRange(Phrase.Filters.Select(f => f[0] == '~' ? new LineFilter(true, f[1..]) : new LineFilter(false, f)));
        }

        AddRequest(filters);
        filters.AddRange(names.Concat(understanding.Identifiers.Where(i => i[0] != '/' && !Covered(i, filters) && (Phrase is null or { Program: "any" } || char.IsLower(i[0])))).Select(n => new LineFilter(false, n)));
        if (Named().FirstOrDefault() is { } user && filters.Count > 0 && !filters[0].IsPattern && filters[0].Text.EndsWith("password", StringComparison.Ordinal))
        {
            filters[0] = new LineFilter(false, $"{filters[0].Text} for {user}");
        }

        return (filters, hints);
    }

    /// <summary>A thing in the lines that the answer is broken down by.</summary>
    public LogField? Field(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            var of = word.Split(' ').Select(WordStem.Of).ToList();
            var field = LogPhrases.Fields.Where(f => f.Program == Program || f.Program == "any").OrderByDescending(f => of.Count(f.Words.Contains)).ThenBy(f => f.Program == "any").FirstOrDefault(f => of.Any(f.Words.Contains));
            if (field is not null)
            {
                return field;
            }
        }

        return null;
    }

    private LogPhrase? BestPhrase(bool quoted)
    {
        return LogPhrases.All.Where(p => (p.Program == Program || (p.Program == "any" && !quoted && understanding.Intent is QuestionIntent.Logs)) && p.Words.All(w => w.Any(stems.Contains)))
            .OrderByDescending(p => p.Words.Count + (p.Program == "any" ? -1 : 0) + (p.Value is not null && !Wants(p) ? -3 : 0)).FirstOrDefault(p => p.Value is null || Wants(p) || p.Filters.Count > 0);
    }

    // A number is taken from lines only when one was asked for.
    private bool Wants(LogPhrase phrase) => phrase.Value is not null && (understanding.Statistic is Statistic.Average or Statistic.Maximum or Statistic.Minimum or Statistic.Quantile or Statistic.Sum || understanding.Wishes.Contains("usage") || understanding.Measures.Contains("latency"));

    private List<MatcherSyntax> Hints(LogPhrase? phrase)
    {
        var hints = new List<MatcherSyntax>();
        foreach (var hint in phrase?.Where ?? [])
        {
            var at = hint.IndexOf('=', StringComparison.Ordinal);
            if (context.Logs.Values(hint[..at]).Contains(hint[(at + 1)..]) && hints.Count == 0)
            {
                hints.Add(new MatcherSyntax(hint[..at], MatchOperator.Equal, hint[(at + 1)..]));
            }
        }

        return hints;
    }

    // "DELETE requests to /v2/*/servers/*" that "resulted in a 200 status code".
    private void AddRequest(List<LineFilter> filters)
    {
        var method = Method().Match(understanding.Question);
        var path = understanding.Identifiers.FirstOrDefault(i => i[0] == '/');
        if (method.Success)
        {
            filters.Add(new LineFilter(false, path is not null && !Placeholder().IsMatch(path) ? $"{method.Value} {path}" : method.Value));
        }

        if (path is not null && Placeholder().IsMatch(path))
        {
            filters.Add(new LineFilter(true, string.Join(".*", Placeholder().Split(path).Select(Re2Text.Escape))));
        }
        else if (path is not null && !method.Success)
        {
            filters.Add(new LineFilter(false, path));
        }

        if (Status().Match(understanding.Question) is { Success: true } status)
        {
            filters.Add(Program == "nova" ? new LineFilter(false, "status: " + status.Groups["code"].Value) : new LineFilter(true, $"\\b{status.Groups["code"].Value}\\b"));
        }
    }

    private IEnumerable<string> Named() =>
        User().Match(understanding.Question) is { Success: true } user && !Lexicon.English.IsPlain(new QuestionToken(user.Groups["name"].Value, TokenKind.Word, 0)) ? [user.Groups["name"].Value] : [];

    private static bool Covered(string identifier, List<LineFilter> filters) => filters.Any(f => f.Text.Contains(identifier, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\b(GET|POST|PUT|DELETE|PATCH|HEAD)\b")]
    private static partial Regex Method();

    [GeneratedRegex(@"\{[^}/]*\}|\*")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b(?<code>[1-5]\d\d)\s+(status|response|http|code)|\b(status|code)(\s+code)?(\s+of)?\s+(?<code>[1-5]\d\d)\b")]
    private static partial Regex Status();

    [GeneratedRegex(@"\bfor (the )?(user )?(?<name>root|admin|oracle|test|guest|ubuntu|postgres|git)\b|\buser '?(?<name>[a-z_][a-z0-9_-]*)'?|\b(?<name>root|admin) (user|account)")]
    private static partial Regex User();
}
