using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.Syntax;

public sealed class QuerySyntaxErrorTests
{
    [Theory]
    [InlineData("abc", 0, "1:1: wrong")]
    [InlineData("abc", 3, "1:4: wrong")]
    [InlineData("a\nbc\nd", 3, "2:2: wrong")]
    [InlineData("a\nbc\nd", 5, "3:1: wrong")]
    [InlineData("", 0, "1:1: wrong")]
    public void ToString_Position_IsLineAndColumn(string query, int start, string expected)
    {
        var error = new QuerySyntaxError("wrong", new SourceSpan(start, 0), query);
        Assert.Equal(expected, error.ToString());
        Assert.Equal(expected, new QuerySyntaxException(error).Message);
    }

    [Fact]
    public void SyntaxList_EqualElements_AreEqual()
    {
        SyntaxList<MatcherSyntax> one = [new("a", MatchOperator.Equal, "b") { Span = new SourceSpan(1, 2) }];
        SyntaxList<MatcherSyntax> two = [new("a", MatchOperator.Equal, "b")];
        SyntaxList<MatcherSyntax> three = [new("a", MatchOperator.NotEqual, "b")];
        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        Assert.NotEqual(one, three);
    }
}
