using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

public sealed class LogQlParserTests
{
    [Fact]
    public void Parse_WholePipeline_GivesEveryStage()
    {
        var query = Assert.IsType<LogQuery>(LogQlParser.Parse("""
            {app="shop", level=~"warn|error"} |= "time" or `out` !~ "debug" |> "<_> done" # a comment
              | logfmt --strict --keep-empty a="b", c | json x="y[0].z" | pattern "<ip> - <_>" | regexp "(?P<code>\\d+)"
              | unpack | decolorize | line_format "{{.msg}}" | label_format a=b, c="{{.d}}" | drop a, b="1" | keep c, d!~"x.*"
              | latency >= 250ms or (size < 2.5KiB and status == 500), addr != ip("10.0.0.0/8") | e="" /* and so on */
            """));
        var stages = new LogQlStage[]
        {
            new LineFilterStage(LineMatch.Contains, [new LineFilterText("time"), new LineFilterText("out")]),
            new LineFilterStage(LineMatch.NotRegex, [new LineFilterText("debug")]),
            new LineFilterStage(LineMatch.Pattern, [new LineFilterText("<_> done")]),
            new LogfmtStage(true, true, [new LabelExtraction("a", "b"), new LabelExtraction("c", "c")]),
            new JsonStage([new LabelExtraction("x", "y[0].z")]),
            new PatternStage("<ip> - <_>"),
            new RegexpStage("(?P<code>\\d+)"),
            new UnpackStage(),
            new DecolorizeStage(),
            new LineFormatStage("{{.msg}}"),
            new LabelFormatStage([new LabelFormat("a", "b", true), new LabelFormat("c", "{{.d}}", false)]),
            new DropStage([new LabelChoice("a", null), new LabelChoice("b", Matcher("b", MatchOperator.Equal, "1"))]),
            new KeepStage([new LabelChoice("c", null), new LabelChoice("d", Matcher("d", MatchOperator.RegexNoMatch, "x.*"))]),
            new LabelFilterStage(new LabelOrFilter(
                new LabelDurationFilter("latency", LabelComparison.GreaterOrEqual, 250_000_000),
                new LabelAndFilter(
                    new LabelAndFilter(new LabelBytesFilter("size", LabelComparison.Less, 2560), new LabelNumberFilter("status", LabelComparison.Equal, 500)),
                    new LabelIpFilter("addr", true, "10.0.0.0/8")))),
            new LabelFilterStage(new LabelTextFilter(Matcher("e", MatchOperator.Equal, ""))),
        };
        Assert.Equal(new StreamSelector([Matcher("app", MatchOperator.Equal, "shop"), Matcher("level", MatchOperator.RegexMatch, "warn|error")]), query.Selector);
        Assert.Equal(stages, query.Stages);
    }

    [Theory]
    [InlineData("count_over_time({a=\"b\"} |= \"x\" | json [5m] offset 1h)")]
    [InlineData("count_over_time({a=\"b\"}[5m] offset 1h |= \"x\" | json)")]
    [InlineData("count_over_time(({a=\"b\"} |= \"x\" | json)[5m] offset 1h)")]
    [InlineData("count_over_time((({a=\"b\"}[5m] offset 1h |= \"x\" | json)))")]
    [InlineData("COUNT_OVER_TIME ( { a = `b` } |= `x` | JSON [300s] Offset 60m )")]
    public void Parse_RangeInAnyPlace_IsTheSameQuery(string query) =>
        Assert.Equal("count_over_time({a=\"b\"} |= \"x\" | json [5m] offset 1h)", LogQlParser.Parse(query).ToString());

    [Theory]
    [InlineData("a=1 or b=2 and c=3", "a == 1 or b == 2 and c == 3")]
    [InlineData("a=1 and b=2 or c=3", "a == 1 and b == 2 or c == 3")]
    [InlineData("a=1 or b=2, c=3", "a == 1 or b == 2 and c == 3")]
    [InlineData("a=1, b=2 or c=3", "a == 1 and (b == 2 or c == 3)")]
    [InlineData("a=1 and b=2 c=3 or d=4", "a == 1 and (b == 2 and (c == 3 or d == 4))")]
    [InlineData("a=1 or b=2 or c=3", "a == 1 or b == 2 or c == 3")]
    [InlineData("(a=1 or b=2) and (c=3)", "(a == 1 or b == 2) and c == 3")]
    public void Parse_LabelFilters_BindAsInLoki(string filter, string canonical) =>
        Assert.Equal($"{{x=\"y\"}} | {canonical}", LogQlParser.Parse($"{{x=\"y\"}} | {filter}").ToString());

    [Theory]
    [InlineData("1 + 2 * 3", "1 + 2 * 3")]
    [InlineData("(1 + 2) * 3", "(1 + 2) * 3")]
    [InlineData("2 ^ 3 ^ 2", "2 ^ 3 ^ 2")]
    [InlineData("(2 ^ 3) ^ 2", "(2 ^ 3) ^ 2")]
    [InlineData("1 - (2 - 3)", "1 - (2 - 3)")]
    [InlineData("(1 - 2) - 3", "1 - 2 - 3")]
    [InlineData("1 + 1 - -1", "1 + 1 - -1")]
    [InlineData("1 > bool 2", "1 > bool 2")]
    [InlineData("vector(1) or vector(2) and vector(3)", "vector(1) or vector(2) and vector(3)")]
    [InlineData("vector(1) == on() group_left vector(2)", "vector(1) == on () group_left vector(2)")]
    [InlineData("vector(1) + ignoring(a,b) group_right(c) (vector(2)*2)", "vector(1) + ignoring (a, b) group_right (c) vector(2) * 2")]
    [InlineData("vector(1) * on(a) group_left() (vector(2)+2)", "vector(1) * on (a) group_left () (vector(2) + 2)")]
    public void Print_Operators_ParenthesesOnlyWhereNeeded(string query, string canonical)
    {
        var parsed = LogQlParser.Parse(query);
        Assert.Equal(canonical, parsed.ToString());
        Assert.Equal(parsed, LogQlParser.Parse(canonical));
    }

    [Theory]
    [InlineData("latency > 1h15m30.918273645s", "latency > 1h15m30.918273645s")]
    [InlineData("latency > -5m", "latency > -5m")]
    [InlineData("latency > 1d12h", "latency > 1d12h")]
    [InlineData("latency > 1.5h", "latency > 1h30m")]
    [InlineData("latency > 250us", "latency > 250us")]
    [InlineData("latency > 250µs", "latency > 250us")]
    [InlineData("latency > 3ns", "latency > 3ns")]
    [InlineData("size > 5M", "size > 5MB")]
    [InlineData("size > 0B", "size > 0B")]
    [InlineData("size > 1.5kB", "size > 1500B")]
    [InlineData("size > 1PiB", "size > 1PiB")]
    [InlineData("n > -1e-9", "n > -1e-09")]
    [InlineData("n > 0x1p3", "n > 8")]
    [InlineData("n > .5", "n > 0.5")]
    public void Print_Numbers_AreCanonical(string filter, string canonical)
    {
        var parsed = LogQlParser.Parse($"{{x=\"y\"}} | {filter}");
        Assert.Equal($"{{x=\"y\"}} | {canonical}", parsed.ToString());
        Assert.Equal(parsed, LogQlParser.Parse(parsed.ToString()));
    }

    [Theory]
    [InlineData("", 1, 1, "the query is empty")]
    [InlineData("{app=\"a\"", 1, 9, "a comma or } was expected here, not the end of the query")]
    [InlineData("{app=\"a\",}", 1, 10, "a label's name was expected here, not }")]
    [InlineData("{app='a'}", 1, 6, "double quotes or backticks")]
    [InlineData("{app==\"a\"}", 1, 5, "=, !=, =~ or !~ behind the label app")]
    [InlineData("{app=~\".*\"}", 1, 1, "at least one matcher")]
    [InlineData("{app=~\"a(\"}", 1, 7, "the regular expression is wrong")]
    [InlineData("{app=\"a\"}\n  |= err", 2, 6, "a text in double quotes or backticks")]
    [InlineData("{app=\"a\"} | jsn", 1, 16, "a comparison (=, !=, =~, !~, ==, >, >=, <, <=) behind the label jsn")]
    [InlineData("{app=\"a\"}[5m]", 1, 10, "a range stands only within a function over time")]
    [InlineData("({app=\"a\"}[5m])", 1, 11, "a range stands only within a function over time")]
    [InlineData("{app=\"a\"} | unwrap x", 1, 13, "unwrap stands only within a function over time")]
    [InlineData("{app=\"a\"} | status > \"5\"", 1, 20, "a text is compared with")]
    [InlineData("rate({app=\"a\"})", 1, 15, "the range of rate, such as [5m],")]
    [InlineData("rate({app=\"a\"}[5minutes])", 1, 15, "the range is wrong")]
    [InlineData("rte({app=\"a\"}[5m])", 1, 1, "rate may be meant")]
    [InlineData("sum({app=\"a\"})", 1, 5, "what sum aggregates must be a metric")]
    [InlineData("sum_over_time({app=\"a\"}[5m])", 1, 1, "add | unwrap LABEL")]
    [InlineData("count_over_time({app=\"a\"} | unwrap b [5m])", 1, 27, "takes no unwrap")]
    [InlineData("rate({app=\"a\"}[5m]) by (b)", 1, 21, "rate takes no by or without")]
    [InlineData("topk(rate({app=\"a\"}[5m]))", 1, 6, "needs the number of series first")]
    [InlineData("topk(0, rate({app=\"a\"}[5m]))", 1, 6, "a whole number above 0")]
    [InlineData("rate({app=\"a\"}[5m]) or 1", 1, 24, "this side is a number")]
    [InlineData("rate({app=\"a\"}[5m]) + {app=\"a\"}", 1, 23, "the right side of + must be a metric")]
    [InlineData("rate({app=\"a\"}[$__interval])", 1, 15, "is not a duration")]
    [InlineData("{app=\"a\"} | pattern \"<a><b>\"", 1, 21, "two captures side by side")]
    [InlineData("{app=\"a\"} | regexp \"a(b)\"", 1, 20, "at least one named group")]
    [InlineData("{app=\"a\"} |= \"x", 1, 14, "no closing \"")]
    public void TryParse_NotLogQl_SaysWhereAndWhatWasExpected(string query, int line, int column, string message)
    {
        Assert.False(LogQlParser.TryParse(query, out _, out var error));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void TryParse_DeepOrLong_IsRefusedWithAReason()
    {
        Assert.Contains("deeper", Error(new string('(', 100_000)), StringComparison.Ordinal);
        Assert.Contains("deeper", Error(string.Concat(Enumerable.Repeat("sum(", 30_000))), StringComparison.Ordinal);
        Assert.Contains("deeper", Error(string.Concat(Enumerable.Repeat("1^", 30_000)) + "1"), StringComparison.Ordinal);
        Assert.Contains("operators", Error(string.Concat(Enumerable.Repeat("1+", 30_000)) + "1"), StringComparison.Ordinal);
        Assert.Contains("operators", Error("{a=\"b\"} | c=1" + string.Concat(Enumerable.Repeat(" or c=1", 10_000))), StringComparison.Ordinal);
        Assert.Contains("deeper", Error("{a=\"b\"} | " + new string('(', 50_000)), StringComparison.Ordinal);
        Assert.Contains("longer", Error("{a=\"" + new string('b', 140_000) + "\"}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Spans_AreThoseOfTheText()
    {
        const string Text = "sum by (a) (rate({b=\"c\"} |= \"d\" [5m])) / 2";
        var binary = Assert.IsType<LogBinary>(LogQlParser.Parse(Text));
        var sum = Assert.IsType<VectorAggregation>(binary.Left);
        var rate = Assert.IsType<RangeAggregation>(sum.Operand);
        Assert.Equal(Text, Cut(Text, binary.Span));
        Assert.Equal("sum by (a) (rate({b=\"c\"} |= \"d\" [5m]))", Cut(Text, sum.Span));
        Assert.Equal("by (a)", Cut(Text, sum.Grouping!.Span));
        Assert.Equal("{b=\"c\"} |= \"d\" [5m]", Cut(Text, rate.Range.Span));
        Assert.Equal("{b=\"c\"} |= \"d\"", Cut(Text, rate.Range.Query.Span));
        Assert.Equal("|= \"d\"", Cut(Text, rate.Range.Query.Stages[0].Span));
        Assert.Equal("b=\"c\"", Cut(Text, rate.Range.Query.Selector.Matchers[0].Span));
        Assert.Equal("2", Cut(Text, binary.Right.Span));
    }

    private static string Cut(string text, SourceSpan span) => text.Substring(span.Start, span.Length);

    private static string Error(string query) => LogQlParser.TryParse(query, out _, out var error) ? "" : error.Message;

    private static MatcherSyntax Matcher(string label, MatchOperator matchOperator, string value) => new(label, matchOperator, value);
}
