using System.Globalization;
using System.Text.RegularExpressions;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Queries.Translation;

/// <summary>A query that is expected, at a time or over a window.</summary>
internal sealed record ExpectedQuery(string Text, DateTimeOffset Start, DateTimeOffset End, bool IsCurve);

/// <summary>A question with what is expected for it.</summary>
internal sealed record MeasuredQuestion(string Text, bool IsFollowUp)
{
    public List<ExpectedQuery> Queries { get; } = [];

    public string? Intent { get; set; }

    public string? Choice { get; set; }
}

/// <summary>Reads questions.txt; its head says how it is written.</summary>
internal static partial class QuestionFile
{
    public static IReadOnlyList<MeasuredQuestion> Read()
    {
        var macros = new Dictionary<string, string>();
        var questions = new List<MeasuredQuestion>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests/Adapters.Tests/Queries/Translation/questions.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line.StartsWith("def ", StringComparison.Ordinal))
            {
                var at = line.IndexOf(" = ", StringComparison.Ordinal);
                macros[line[4..at]] = line[(at + 3)..];
            }
            else if (line[0] is '=' or '~')
            {
                questions[^1].Queries.Add(Expected(line, macros));
            }
            else if (line.StartsWith("! ", StringComparison.Ordinal))
            {
                questions[^1].Intent = line[2..];
            }
            else if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                questions[^1].Choice = line[2..];
            }
            else
            {
                questions.Add(new MeasuredQuestion(line.TrimStart('>', ' '), line[0] == '>'));
            }
        }

        return questions;
    }

    private static ExpectedQuery Expected(string line, Dictionary<string, string> macros)
    {
        var curve = line[0] == '~';
        var words = line[2..].Split(' ', curve ? 3 : 2);
        var text = words[^1];
        for (var i = 0; i < 3; i++)
        {
            text = Macro().Replace(text, m => macros[m.Groups["name"].Value].Replace("#", m.Groups["a"].Value, StringComparison.Ordinal).Replace("@", m.Groups["b"].Value, StringComparison.Ordinal));
        }

        text = text.Replace(",,", ",", StringComparison.Ordinal).Replace("{,", "{", StringComparison.Ordinal);
        return new ExpectedQuery(text, Time(words[0]), Time(words[curve ? 1 : 0]), curve);
    }

    private static DateTimeOffset Time(string text) => text switch
    {
        "now" => BackfilledSeries.Now,
        _ when text[0] == '-' => BackfilledSeries.Now - (text[^1] == 'd' ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1)) * int.Parse(text[1..^1], CultureInfo.InvariantCulture),
        _ => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
    };

    [GeneratedRegex(@"\{\{(?<name>[a-z0-9]+)(\|(?<a>[^|}]*)\|(?<b>[^}]*))?\}\}")]
    private static partial Regex Macro();
}
