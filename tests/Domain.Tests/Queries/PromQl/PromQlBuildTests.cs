using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>Whatever a value holds, it stays the value: the printed query reads back to the tree that was built.</summary>
public sealed class PromQlBuildTests
{
    private const int Seed = 20261121;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 200_000 : 4000;

    private static readonly string[] Hostile =
    [
        "\"", "'", "`", "\\", "\\\"", "\"}", "\"} or vector(1) or up{a=\"", "'} # ", "`}", "\n", "\r\n", "\0", "\t", "{", "}", "(", ")", "[5m]", ",", "=~\".*\"", "#", "\\n", "\\x22", "\\u0022", "\\", "\\\\\"",
        "\u2028", "\u2029", "\u0085", "\u202E", "\u200B", "\uFEFF", "\uFFFD", "\uFFFF", "\uD800", "\uDC00", "\uDCFF", "\uD83D\uDE00", "é", "\u0007", "\u001b[2J", "$(id)", "${x}", "{{ .Value }}", "%00", ".*", "a|b", "(?i)",
        "__name__", "tenant", "by", "without", "offset", "bool", "inf", "nan", "sum", "on", "1", "-1", "5m", " ", "",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Print_HostileValues_ReadBackToTheSameTree()
    {
        for (var i = 0; i < Rounds; i++)
        {
            var random = new Random(Seed + i);
            var built = Built(random, Text);
            var printed = PromQlQuery.Print(built);
            Assert.DoesNotContain('\n', printed);
            if (!PromQlQuery.TryParse(printed, PromQlDialect.V3, out var read, out var error))
            {
                Assert.Fail($"{error}\n{printed}");
            }

            Assert.True(built.Equals(read), printed);
        }
    }

    [Fact]
    public async Task Print_HostileValues_AreOneValueToPromtool()
    {
        var queries = new List<string>();
        for (var i = 0; i < 1500; i++)
        {
            var random = new Random(Seed - i);
            var value = Text(random);
            queries.Add(PromQlQuery.Print(PromQlBuild.Sum(PromQlBuild.Rate(PromQlBuild.Selector("x", PromQlBuild.Equal("a", value), PromQlBuild.OneOf("b", value, "c")), TimeSpan.FromMinutes(5)), "job")));
        }

        Assert.All(await Promtool.JudgeAsync(queries, Stop), Assert.Null);
    }

    [Fact]
    public void Print_TypicalQuery_IsAsExpected()
    {
        var buckets = PromQlBuild.Selector("http_request_duration_seconds_bucket", PromQlBuild.Equal("job", "a\"b"), PromQlBuild.OneOf("env", "prod", "st.g"));
        var query = PromQlBuild.HistogramQuantile(0.95, PromQlBuild.Sum(PromQlBuild.Rate(buckets, TimeSpan.FromMinutes(90)), "le", "service.name"));
        Assert.Equal(
            "histogram_quantile(0.95, sum by (le, \"service.name\") (rate(http_request_duration_seconds_bucket{job=\"a\\\"b\",env=~\"prod|st\\\\.g\"}[1h30m])))", PromQlQuery.Print(query));
        Assert.Equal("(a - 1) * (b - -2)", PromQlQuery.Print(PromQlBuild.Binary(Minus("a", 1), PromQlOperator.Multiply, Minus("b", -2))));
        Assert.Equal("{__name__=\"bool\"}", PromQlQuery.Print(PromQlBuild.Selector("bool")));

        static BinaryExpr Minus(string metric, double number) => PromQlBuild.Binary(PromQlBuild.Selector(metric), PromQlOperator.Subtract, PromQlBuild.Number(number));
    }

    [Fact]
    public void Build_WhatIsNoQuery_Throws()
    {
        Assert.Throws<ArgumentException>(() => PromQlBuild.Selector(""));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Selector("up", PromQlBuild.Equal(VectorSelector.NameLabel, "secret")));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Equal("", "x"));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Series(PromQlBuild.Matches("a", ".*")));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Matches("a", "(?=x)"));
        Assert.Throws<ArgumentException>(() => PromQlBuild.OneOf("a"));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Call("rate", PromQlBuild.Selector("a")));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Call("rate(x[5m]) or y"));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Aggregate("sum(x) or sum", PromQlBuild.Selector("a")));
        Assert.Throws<ArgumentException>(() => PromQlBuild.Binary(PromQlBuild.Number(1), PromQlOperator.And, PromQlBuild.Selector("a")));
        Assert.Throws<ArgumentOutOfRangeException>(() => PromQlBuild.Range(PromQlBuild.Selector("a"), TimeSpan.Zero));
    }

    [Fact]
    public void Print_HostileNamesInRecords_AreQuotedOrRefused()
    {
        var selector = new VectorSelector("up} or {a=\"b\"", [new MatcherSyntax("x\"=\"y", MatchOperator.Equal, "\"")]);
        Assert.Equal("{__name__=\"up} or {a=\\\"b\\\"\",\"x\\\"=\\\"y\"=\"\\\"\"}", PromQlQuery.Print(selector));
        Assert.Throws<ArgumentException>(() => PromQlQuery.Print(new AggregateExpr("sum(x) + sum", selector)));
        Assert.Throws<ArgumentException>(() => PromQlQuery.Print(new CallExpr(new PromQlFunction("a(b), c", [], 0, 0, PromQlType.Scalar), [])));
        Assert.Throws<ArgumentException>(() => PromQlQuery.Print(new RangeSelector(selector, new DurationCall("x]", []))));
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(5) == 0 ? ((char)random.Next(0x10000)).ToString() : Hostile[random.Next(Hostile.Length)]));

    private static PromQlExpr Built(Random random, Func<Random, string> text)
    {
        string Name() => text(random) is { Length: > 0 } name && name != VectorSelector.NameLabel ? name : "x";
        var matchers = new[] { PromQlBuild.Equal(Name(), text(random)), PromQlBuild.NotEqual("b", text(random)), PromQlBuild.OneOf(Name(), text(random), text(random)) };
        var rate = PromQlBuild.Rate(PromQlBuild.Selector(Name(), matchers), TimeSpan.FromMilliseconds(random.Next(1, int.MaxValue)));
        PromQlExpr sum = PromQlBuild.Sum(rate, Name(), Name());
        return random.Next(4) switch
        {
            0 => PromQlBuild.HistogramQuantile(random.NextDouble(), sum),
            1 => PromQlBuild.Call("label_replace", sum, PromQlBuild.Text(text(random)), PromQlBuild.Text(text(random)), PromQlBuild.Text(text(random)), PromQlBuild.Text(text(random))),
            2 => PromQlBuild.Binary(PromQlBuild.Binary(sum, PromQlOperator.Subtract, PromQlBuild.Number(-1)), PromQlOperator.Power, PromQlBuild.TopK(5, PromQlBuild.Series(PromQlBuild.Equal(Name(), "x" + text(random))))),
            _ => sum,
        };
    }
}
