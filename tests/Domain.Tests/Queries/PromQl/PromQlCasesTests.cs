using System.Text.Json;
using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>The verdicts of Prometheus's own parser tests, kept beside the repository.</summary>
public sealed class PromQlCasesTests(ITestOutputHelper output)
{
    /// <summary>
    /// Four lines of the file are not what Prometheus's test says. Two were cut where the Go source joins literals with a plus sign; two stand for the byte 0xff,
    /// which JSON cannot hold, and have become the valid character U+00FF. What Prometheus 2.42 says to the texts as they stand is in PromtoolTests.
    /// </summary>
    internal static readonly string[] Damaged = ["{'foo\\'bar', ", "`", "some_metric{a=\"\u00ff\"}", "label_replace(a, `b`, `c\u00ff`, `d`, `.*`)"];

    [Fact]
    public void TryParse_CasesOfPrometheus_GivesTheirVerdict()
    {
        var cases = Read("promql_parser_cases.json");
        var wrong = cases.Where(c => Takes(c.Query) != c.Valid).Select(c => $"{(c.Valid ? "refused" : "taken")}: {c.Query}").ToList();
        output.WriteLine($"{cases.Count - wrong.Count} of {cases.Count} verdicts agree\n{string.Join('\n', wrong)}");
        Assert.Equal(Damaged.Order(StringComparer.Ordinal), wrong.Select(w => w[(w.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Print_CasesOfPrometheus_ReadsBackEqualAndStable()
    {
        foreach (var (query, _) in Read("promql_parser_cases.json").Where(c => Takes(c.Query)))
        {
            RoundTrip.Check(query, PromQlDialect.V3);
        }
    }

    internal static List<(string Query, bool Valid)> Read(string name)
    {
        var path = Path.Combine(Repository.Bench ?? "/work/shared/bench", "queries", name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not on this machine.");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. file.RootElement.EnumerateArray().Select(c => (c.GetProperty("query").GetString()!, !c.TryGetProperty("valid", out var valid) || valid.GetBoolean()))];
    }

    private static bool Takes(string query)
    {
        var taken = PromQlQuery.TryParse(query, PromQlDialect.V3, out _, out var error);
        Assert.Equal(taken, error is null);
        if (error is not null)
        {
            Assert.NotEmpty(error.Message);
            Assert.InRange(error.Span.Start, 0, query.Length);
            Assert.InRange(error.Span.End, error.Span.Start, query.Length);
        }

        return taken;
    }
}

internal static class RoundTrip
{
    /// <summary>The printed text reads back to an equal tree, and printing that changes nothing.</summary>
    internal static void Check(string query, PromQlDialect dialect)
    {
        var tree = PromQlQuery.Parse(query, dialect);
        var printed = PromQlQuery.Print(tree);
        if (!PromQlQuery.TryParse(printed, dialect, out var again, out var error))
        {
            Assert.Fail($"{query}\nprinted as\n{printed}\n{error}");
        }

        Assert.True(tree.Equals(again), $"{query}\nprinted as\n{printed}\nreads back as another tree");
        Assert.Equal(tree.GetHashCode(), again.GetHashCode());
        Assert.Equal(printed, PromQlQuery.Print(again));
    }
}
