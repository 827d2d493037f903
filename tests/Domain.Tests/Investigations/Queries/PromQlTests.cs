using System.Globalization;
using System.Text;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Tests.Investigations.Queries;

public sealed class PromQlTests
{
    private static readonly string[] Nasty = ["\"", "\\", "\\\"", "}", "{", "\"} or vector(1) #", "\n", "\r", "\t", "\0", "'", "`", "{{.Value}}", "=~", ",b=\"", "\ud800", "é", "\U0001F525", "#", ")", " "];

    [Fact]
    public void Selector_AnyLabelValue_StaysInsideItsQuotes()
    {
        var random = new Random(4711);
        for (var i = 0; i < 20_000; i++)
        {
            var value = Random(random);
            var text = PromQl.Selector("up", [LabelCondition.Is("a", value), LabelCondition.Is("b", "x")]);

            Assert.StartsWith("up{a=\"", text, StringComparison.Ordinal);
            var (read, end) = ReadString(text, "up{a=".Length);
            Assert.Equal(Valid(value), read);
            Assert.Equal(",b=\"x\"}", text[end..]);
        }
    }

    [Fact]
    public void EscapePattern_AnyText_MatchesExactlyItself()
    {
        var random = new Random(13);
        for (var i = 0; i < 2_000; i++)
        {
            var value = Valid(Random(random));
            var pattern = new System.Text.RegularExpressions.Regex($"^(?:{PromQl.EscapePattern(value).Replace("#", "\\#", StringComparison.Ordinal)})$", System.Text.RegularExpressions.RegexOptions.Singleline | System.Text.RegularExpressions.RegexOptions.NonBacktracking);

            Assert.Matches(pattern, value);
            Assert.DoesNotMatch(pattern, value + "x");
        }
    }

    [Theory]
    [InlineData("a-b", "=")]
    [InlineData("", "=")]
    [InlineData("a=\"x\",b", "=")]
    [InlineData("a\n", "=")]
    [InlineData("a", "} or")]
    public void Selector_WrongNameOrOperator_Throws(string name, string @operator) =>
        Assert.Throws<ArgumentException>(() => PromQl.Selector("up", [new LabelCondition(name, @operator, "x")]));

    [Theory]
    [InlineData("up{")]
    [InlineData("up\n")]
    [InlineData("1up")]
    public void Selector_WrongMetric_Throws(string metric) => Assert.Throws<ArgumentException>(() => PromQl.Selector(metric, []));

    [Fact]
    public void Selector_NothingAtAll_Throws() => Assert.Throws<ArgumentException>(() => PromQl.Selector(null, []));

    [Fact]
    public void Selector_WithoutConditionsOrWithoutMetric_IsTheShortForm()
    {
        Assert.Equal("up", PromQl.Selector("up", []));
        Assert.Equal("{a!~\"b|c\"}", PromQl.Selector(null, [new LabelCondition("a", "!~", "b|c")]));
        Assert.Equal("90s", PromQl.Duration(TimeSpan.FromSeconds(90.7)));
    }

    private static string Random(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(2) == 0 ? Nasty[random.Next(Nasty.Length)] : ((char)random.Next(0xffff)).ToString()));

    /// <summary>Half surrogates cannot be sent; they become U+FFFD.</summary>
    private static string Valid(string value) => string.Concat(value.EnumerateRunes().Select(r => r.ToString()));

    /// <summary>A string literal as the PromQL lexer reads one (Go's rules), and where it ends.</summary>
    private static (string Value, int End) ReadString(string text, int start)
    {
        Assert.Equal('"', text[start]);
        var value = new StringBuilder();
        for (var i = start + 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return (value.ToString(), i + 1);
                case '\n':
                    throw new FormatException("a string must not hold a line end");
                case '\\':
                    i++;
                    value.Append(text[i] switch
                    {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        '\\' => '\\',
                        '"' => '"',
                        'x' => (char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                        _ => throw new FormatException($"unknown escape {text[i]}"),
                    });
                    i += text[i] == 'x' ? 2 : 0;
                    break;
                default:
                    value.Append(text[i]);
                    break;
            }
        }

        throw new FormatException("the string does not end");
    }
}
