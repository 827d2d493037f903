using System.Text.Json;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

/// <summary>Verdicts on public queries: those of Loki's own parser tests, and the queries people wrote for questions in plain words.</summary>
public sealed class LogQlCasesTests
{
    /// <summary>Queries of the set that are no LogQL: quotes within quotes that are not escaped, backslashes not doubled, a query written twice over.</summary>
    private const int InvalidExpectations = 23;

    [Fact]
    public void Parse_LokisOwnCases_EveryVerdictIsTheSame()
    {
        using var cases = Read("logql_parser_cases.json");
        var wrong = new List<string>();
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var query = one.GetProperty("query").GetString()!;
            if (LogQlParser.TryParse(query, out _, out var error) != one.GetProperty("valid").GetBoolean())
            {
                wrong.Add($"{query} -> {error?.ToString() ?? "taken"}");
            }
        }

        Assert.Empty(wrong);
        Assert.True(cases.RootElement.GetArrayLength() >= 217);
    }

    [Fact]
    public void Parse_QueriesOfQuestions_AllThatAreLogQlAreTakenAndComeBackTheSame()
    {
        using var cases = Read("nl2logql_half.json");
        var refused = new List<string>();
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var query = one.GetProperty("logql").GetString()!;
            if (!LogQlParser.TryParse(query, out var parsed, out var error))
            {
                refused.Add($"{one.GetProperty("id")}: {error}");
                continue;
            }

            Assert.Equal(parsed, LogQlParser.Parse(LogQlPrinter.Print(parsed)));
            Assert.Equal((true, true, true, true), LogQlShape.Of(parsed).Compare(LogQlShape.Of(LogQlParser.Parse(parsed.ToString()))));
        }

        Assert.True(refused.Count == InvalidExpectations, string.Join('\n', refused));
        Assert.All(refused, r => Assert.True(r.Contains("is no escape", StringComparison.Ordinal) || r.Contains("is no part of the language", StringComparison.Ordinal)
            || r.Contains("not the word sum", StringComparison.Ordinal), r));
    }

    private static JsonDocument Read(string file)
    {
        var path = Repository.Bench is { } bench ? Path.Combine(bench, "queries", file) : $"/work/shared/bench/queries/{file}";
        Assert.SkipUnless(File.Exists(path), $"{path} is not on this machine.");
        return JsonDocument.Parse(File.ReadAllBytes(path));
    }
}
