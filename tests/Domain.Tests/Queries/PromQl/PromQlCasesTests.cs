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

    [Theory]
    [InlineData("x offset --5m + 1h", "x offset (5m + 1h)")]
    [InlineData("x offset +-2^2", "x offset (-2 ^ 2)")]
    [InlineData("x offset --(5) - 8", "x offset --(5) - 8")]
    [InlineData("x offset 5s-8", "x offset 5s - 8")]
    [InlineData("x offset (5s)-8", "x offset (5s) - 8")]
    [InlineData("x offset -(5)-8", "x offset -(5) - 8")]
    [InlineData("-1^2", "-1 ^ 2")]
    [InlineData("(-1)^2", "(-1) ^ 2")]
    [InlineData("-x^2*3", "-x ^ 2 * 3")]
    [InlineData("2^-x*3", "2 ^ -x * 3")]
    [InlineData("2^3^4", "2 ^ 3 ^ 4")]
    [InlineData("foo and bar unless baz or qux", "foo and bar unless baz or qux")]
    [InlineData("a * on(b)group_left(c)d", "a * on (b) group_left (c) d")]
    [InlineData("a * on(b)group_right d", "a * on (b) group_right () d")]
    [InlineData("sum(x)by(\"a.b\",c)", "sum by (\"a.b\", c) (x)")]
    [InlineData("SUM WITHOUT()(x)", "sum without () (x)")]
    [InlineData("{\"a.b\",'c d'=~`e`}", "{__name__=\"a.b\",\"c d\"=~\"e\"}")]
    [InlineData("x[300]@end()offset-90m", "x[5m] @ end() offset -1h30m")]
    [InlineData("1h + .5e1", "1h + 5")]
    public void Print_Query_IsCanonical(string query, string expected)
    {
        Assert.Equal(expected, PromQlQuery.Print(PromQlQuery.Parse(query)));
        RoundTrip.Check(query, PromQlDialect.V3);
    }

    [Theory]
    [InlineData("rate(up)", "1:6: rate takes a range vector, and this is an instant vector; add a range such as [5m]")]
    [InlineData("sum(rate(up[5m])", "1:17: the query ends here; expected ',' or ')' in the arguments of sum")]
    [InlineData("up{job=api}", "1:8: 'api' stands here; expected the label's value in quotes")]
    [InlineData("up{job}", "1:7: '}' stands here; expected =, !=, =~ or !~ behind the name of a label")]
    [InlineData("rat(up[5m])", "1:1: there is no function 'rat'; did you mean rate?")]
    [InlineData("up[5]x]", "1:6: 'x' stands here; expected an operator or the end of the query")]
    [InlineData("1 +\n\n  ", "3:3: the query ends here; expected an expression: a metric, a number, a function, an aggregation or '('")]
    [InlineData("up[5m", "1:6: the query ends here; expected ']', or ':' and a subquery's step")]
    [InlineData("1 > 2", "1:2: a comparison of two scalars needs bool, as in 1 > bool 2")]
    [InlineData("{job=~\".*\"}", "1:1: a selector needs a metric's name or a matcher that an empty label does not satisfy; this one selects everything")]
    [InlineData("up =~ \"a\"", "1:4: '=~' is no operator between expressions; regular expressions stand between braces, as in up{job=~\"a.*\"}")]
    public void TryParse_BrokenQuery_SaysWhatAndWhere(string query, string expected)
    {
        Assert.False(PromQlQuery.TryParse(query, PromQlDialect.V3, out _, out var error));
        Assert.Equal(expected, error.ToString());
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
