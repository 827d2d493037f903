using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.Syntax;

public sealed class GoStringTests
{
    [Theory]
    [InlineData("\"a b\"", "a b")]
    [InlineData("''", "")]
    [InlineData("`a\\n\"'\nb`", "a\\n\"'\nb")]
    [InlineData("\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\"", "\a\b\f\n\r\t\v\\\"")]
    [InlineData("'it\\'s'", "it's")]
    [InlineData("\"\\x41\\102\\u00e9\\U0001F600\"", "ABé😀")]
    [InlineData("\"\\xe2\\x98\\xba\"", "☺")]
    [InlineData("\"\\x00\"", "\0")]
    public void TryUnquote_ValidLiteral_GivesItsValueAndReadsBackWhatQuoteWrites(string literal, string expected)
    {
        Assert.True(GoString.TryUnquote(literal, out var value, out var problem), problem);
        Assert.Equal(expected, value);
        Assert.True(GoString.TryUnquote(GoString.Quote(value), out var again, out problem), problem);
        Assert.Equal(value, again);
    }

    [Fact]
    public void TryUnquote_BytesThatAreNoUtf8_AreKept()
    {
        Assert.True(GoString.TryUnquote("\"\\xe2\\x98-\\377\"", out var value, out _));
        Assert.Equal("\uDCE2\uDC98-\uDCFF", value);
        Assert.Equal("\"\\xe2\\x98-\\xff\"", GoString.Quote(value));
    }

    [Theory]
    [InlineData("\"a", 0, 2)]
    [InlineData("\"a\nb\"", 0, 2)]
    [InlineData("`a", 0, 2)]
    [InlineData("\"a\\", 2, 1)]
    [InlineData("\"\\c\"", 1, 2)]
    [InlineData("\"\\'\"", 1, 2)]
    [InlineData("\"\\x.\"", 1, 3)]
    [InlineData("\"\\400\"", 1, 4)]
    [InlineData("\"\\ud800\"", 1, 6)]
    [InlineData("\"\\U00110000\"", 1, 10)]
    [InlineData("\"x\uFFFD\"", 2, 1)]
    [InlineData("`x\uFFFD`", 2, 1)]
    public void TryRead_BrokenLiteral_SaysWhere(string literal, int start, int length)
    {
        Assert.False(GoString.TryRead(literal, 0, out _, out _, out var problem, out var span));
        Assert.NotEmpty(problem);
        Assert.Equal(new SourceSpan(start, length), span);
    }

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC05)]
    [InlineData(0xDCFF)]
    public void TryRead_LoneSurrogateInTheQuery_IsRefused(int half) =>
        Assert.False(GoString.TryRead($"\"a{(char)half}b\"", 0, out _, out _, out _, out _));

    [Fact]
    public void TryRead_InTheMiddle_EndsBehindTheQuote()
    {
        Assert.True(GoString.TryRead("x=\"a\\\"b\",y", 2, out var end, out var value, out _, out _));
        Assert.Equal(("a\"b", 8), (value, end));
    }

    [Fact]
    public void Quote_Hostile_StaysOnOneLineInOneLiteral()
    {
        var hostile = "\"} or vector(1) # \\ \r\n\0\u2028\u202E\u200B\uFFFD\uDCFF\uD800😀é";
        var quoted = GoString.Quote(hostile);
        Assert.Equal("\"\\\"} or vector(1) # \\\\ \\r\\n\\x00\\u2028\\u202e\\u200b\\ufffd\\xff\\ufffd😀é\"", quoted);
        Assert.True(GoString.TryUnquote(quoted, out var value, out _));
        Assert.Equal(GoString.WellFormed(hostile), GoString.WellFormed(value));
    }

    [Fact]
    public void WellFormed_LoneSurrogates_AreReplaced() => Assert.Equal("a\uFFFDb😀\uFFFD", GoString.WellFormed("a\uD800b😀\uDCFF"));
}
