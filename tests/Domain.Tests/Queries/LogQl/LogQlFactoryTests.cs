using System.Text;
using Nightwatch.Domain.Queries.LogQl;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

/// <summary>Values from outside stay values.</summary>
public sealed class LogQlFactoryTests
{
    private static readonly string[] Hostile =
    [
        "\"", "\\", "`", "'", "\n", "\r\n", "\t", "\0", "\u007f", "{", "}", "\"} or {a=\"b\"}", "\\\"}", "x\"} | line_format \"{{.secret}}", "a` |= `b", "*/ # //",
        "\ud800", "\udc00", "a\udc80b", "\ud83d\ude00", "\u2028", "\u202e", "\ufeff", "\u00a0", "{{.x}}", "[5m]", "$__range", "${x}", "|", "ä", "\\u0022", "\\x22", "\uffff", "",
    ];

    [Fact]
    public void Print_HostileValues_ReadBackAsTheSameQuery()
    {
        var values = Hostile.Concat(Generated(2000)).ToList();
        foreach (var value in values)
        {
            var query = LogQlFactory.Select(LogQlFactory.Equal("app", "shop"), LogQlFactory.NotEqual("pod", value), LogQlFactory.AnyOf("x", [value, "b"]))
                .Containing(value, "b").NotContaining(value).ContainingAnyCase(value).Logfmt().Where("level", value).Where("status", LabelComparison.Greater, 1.5);
            var metric = query.CountOverTime(TimeSpan.FromMinutes(5)).Offset(TimeSpan.FromHours(1)).SumBy("app", "level").Top(3)
                .Divide(new LogLabelReplace(query.Rate(TimeSpan.FromMinutes(1)), "a", GoString.WellFormed(value), "b", "(.*)"));
            Assert.Equal(metric, LogQlParser.Parse(LogQlPrinter.Print(metric)));
            Assert.Equal(GoString.WellFormed(value), LogQlParser.Parse(query.ToString()) is LogQuery read ? read.Selector.Matchers[1].Value : null);
        }
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a\"")]
    [InlineData("a=\"b\"}")]
    [InlineData("a-b")]
    [InlineData("by")]
    [InlineData("JSON")]
    [InlineData("a\n")]
    [InlineData("\ud800")]
    public void Print_LabelThatLogQlCannotWrite_IsRefused(string label)
    {
        Assert.Throws<ArgumentException>(() => LogQlPrinter.Print(LogQlFactory.Select(LogQlFactory.Equal(label, "x"))));
        Assert.Throws<ArgumentException>(() => LogQlPrinter.Print(LogQlFactory.Select(LogQlFactory.Equal("a", "x")).Where(label, "y")));
        Assert.Throws<ArgumentException>(() => LogQlPrinter.Print(LogQlFactory.Select(LogQlFactory.Equal("a", "x")).Rate(TimeSpan.FromMinutes(1)).SumBy(label)));
    }

    [Fact]
    public void Print_NumbersThatLogQlCannotWrite_AreRefused()
    {
        var query = LogQlFactory.Select(LogQlFactory.Equal("a", "x"));
        Assert.ThrowsAny<ArgumentException>(() => LogQlPrinter.Print(new LogNumber(double.NaN)));
        Assert.ThrowsAny<ArgumentException>(() => LogQlPrinter.Print(new LogVector(-1)));
        Assert.ThrowsAny<ArgumentException>(() => LogQlPrinter.Print(query.Where("b", LabelComparison.Less, double.PositiveInfinity)));
        Assert.ThrowsAny<ArgumentException>(() => LogQlPrinter.Print(query.Rate(TimeSpan.FromMinutes(-1))));
        Assert.ThrowsAny<ArgumentException>(() => LogQlPrinter.Print(query.Rate(TimeSpan.FromMinutes(1)).Top(0)));
        Assert.ThrowsAny<ArgumentException>(() => query.Over(RangeFunction.SumOverTime, TimeSpan.FromMinutes(1)));
        Assert.ThrowsAny<ArgumentException>(() => LogQlFactory.Select(LogQlFactory.NotEqual("a", "b")));
    }

    [Fact]
    public void Print_WhatPeopleAsk_IsWhatTheyWouldWrite()
    {
        var query = LogQlFactory.Select(LogQlFactory.Equal("app", "shop"), LogQlFactory.AnyOf("level", ["error", "a.b"])).Containing("database timeout");
        Assert.Equal("""{app="shop", level=~"error|a\\.b"} |= "database timeout" """.Trim(), query.ToString());
        Assert.Equal(
            """sum by (level) (count_over_time({app="shop", level=~"error|a\\.b"} |= "database timeout" [1d]))""",
            query.CountOverTime(TimeSpan.FromDays(1)).SumBy("level").ToString());
    }

    private static IEnumerable<string> Generated(int count)
    {
        var random = new Random(7);
        const string Alphabet = "\"\\`'{}[]()|=~!#/*\n\r\t\0 ab0\u00a0\ud83d\ude00\udc80\u2028ä";
        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(1, 12); length > 0; length--)
            {
                text.Append(Alphabet[random.Next(Alphabet.Length)]);
            }

            yield return text.ToString();
        }
    }
}
