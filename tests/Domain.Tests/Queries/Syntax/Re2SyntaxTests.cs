using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.Syntax;

public sealed class Re2SyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a|b|")]
    [InlineData("a**")]
    [InlineData("a*?+")]
    [InlineData("a{2}{3}")]
    [InlineData("a*(?i)*")]
    [InlineData("(?i)*")]
    [InlineData("*a")]
    [InlineData("a|*")]
    [InlineData("{2}")]
    [InlineData("{2")]
    [InlineData("a{,2}")]
    [InlineData("a{1000}")]
    [InlineData("a{1001}")]
    [InlineData("a{3,2}")]
    [InlineData("a{02}")]
    [InlineData("(a{100}){10}")]
    [InlineData("(a{100}){11}")]
    [InlineData("^*$+")]
    [InlineData("(?P<n>a)(?P<m>b)")]
    [InlineData("(?P<n>a)(?P<n>b)")]
    [InlineData("(?P<n-m>a)")]
    [InlineData("(?P=n)")]
    [InlineData("(?:a)(?i)b(?s-U:c)(?)")]
    [InlineData("(?i--s)a")]
    [InlineData("(?-)a")]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)")]
    [InlineData("(?<!a)")]
    [InlineData("(?>a)")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("a)(b")]
    [InlineData("[a-z]")]
    [InlineData("[]a]")]
    [InlineData("[^]a]")]
    [InlineData("[]")]
    [InlineData("[^]")]
    [InlineData("[a")]
    [InlineData("[z-a]")]
    [InlineData("[a-\\d]")]
    [InlineData("[\\d-z]")]
    [InlineData("[a-b-c]")]
    [InlineData("[-a]")]
    [InlineData("[a-]")]
    [InlineData("[[:alpha:]_]")]
    [InlineData("[[:^alpha:]]")]
    [InlineData("[[:foo:]]")]
    [InlineData("[[:alpha:")]
    [InlineData("[[=a=]]")]
    [InlineData("\\d\\D\\s\\S\\w\\W\\b\\B\\A\\z")]
    [InlineData("\\Z")]
    [InlineData("\\C")]
    [InlineData("\\1")]
    [InlineData("\\12")]
    [InlineData("\\0")]
    [InlineData("\\8")]
    [InlineData("\\_\\.\\-\\/")]
    [InlineData("\\e")]
    [InlineData("\\é")]
    [InlineData("é+")]
    [InlineData("\\")]
    [InlineData("[\\]")]
    [InlineData("\\x41\\x{1F600}")]
    [InlineData("\\x4")]
    [InlineData("\\x{}")]
    [InlineData("\\x{110000}")]
    [InlineData("\\pL\\p{Greek}\\P{^Lu}")]
    [InlineData("\\p{Nope}")]
    [InlineData("\\p{Greek")]
    [InlineData("\\p")]
    [InlineData("\\Qa.b*\\E+")]
    [InlineData("\\Qa.b*")]
    [InlineData("x\\Q\\E*")]
    [InlineData("[[:word:]\\w-]")]
    [InlineData("a++")]
    [InlineData("a??")]
    [InlineData("a???")]
    [InlineData("(?U)a+")]
    [InlineData("(|a)*")]
    [InlineData("(?i)(a)(?-i)")]
    public void TryParse_AnyPattern_GivesGoVerdict(string pattern) =>
        Assert.Equal(GoTakes.Contains(pattern), Re2Syntax.TryParse(pattern, out _, out _, out _, angleNames: false));

    [Theory]
    [InlineData("", true)]
    [InlineData(".*", true)]
    [InlineData(".+", false)]
    [InlineData("a|", true)]
    [InlineData("(a?)+", true)]
    [InlineData("a{0,3}", true)]
    [InlineData("a{2}", false)]
    [InlineData("^$", true)]
    [InlineData("\\b", false)]
    [InlineData("\\B", true)]
    [InlineData("[^x]*(b|c)?", true)]
    [InlineData("()", true)]
    [InlineData("a()", false)]
    public void MatchesEmpty_Pattern_IsKnown(string pattern, bool expected)
    {
        Assert.True(Re2Syntax.TryParse(pattern, out var syntax, out var problem, out _), problem);
        Assert.Equal(expected, syntax!.MatchesEmpty);
    }

    [Theory]
    [InlineData("api", "api", 3, 0)]
    [InlineData("a\\.b", "a.b", 3, 0)]
    [InlineData("\\Qa.b\\E", "a.b", 3, 0)]
    [InlineData("a.b", null, 3, 0)]
    [InlineData("a|b", null, 3, 0)]
    [InlineData("(.*)x.+", null, 6, 2)]
    [InlineData("(abc){100}", null, 401, 0)]
    [InlineData("((a{10}){10}){10}", null, 1221, 0)]
    public void Cost_Pattern_CountsStates(string pattern, string? literal, long cost, int wildcards)
    {
        Assert.True(Re2Syntax.TryParse(pattern, out var syntax, out var problem, out _), problem);
        Assert.Equal((literal, cost, wildcards), (syntax!.Literal, syntax.Cost, syntax.Wildcards));
    }

    [Fact]
    public void TryParse_DeepOrLong_IsRefusedNotACrash()
    {
        Assert.False(Re2Syntax.TryParse(new string('(', 15_000), out _, out var problem, out _));
        Assert.Contains("nests", problem, StringComparison.Ordinal);
        Assert.False(Re2Syntax.TryParse(new string('a', Re2Syntax.MaxLength + 1), out _, out _, out _));
        Assert.False(Re2Syntax.TryParse("a\uD800", out _, out _, out _));
    }

    /// <summary>The patterns of the list above.</summary>
    internal static IReadOnlyList<string> Patterns { get; } =
        [.. typeof(Re2SyntaxTests).GetMethod(nameof(TryParse_AnyPattern_GivesGoVerdict))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Select(a => (string)((InlineDataAttribute)a).Data[0]!)];

    /// <summary>Those of the list that Go 1.19 takes; PromtoolTests asks a real one about the same list.</summary>
    internal static readonly HashSet<string> GoTakes = new(StringComparer.Ordinal)
    {
        "", "a|b|", "a*(?i)*", "{2", "a{,2}", "a{1000}", "a{02}", "(a{100}){10}", "^*$+", "(?P<n>a)(?P<m>b)", "(?:a)(?i)b(?s-U:c)(?)", "[a-z]", "[]a]", "[^]a]",
        "[\\d-z]", "[a-b-c]", "[-a]", "[a-]", "[[:alpha:]_]", "[[:^alpha:]]", "[[=a=]]", "\\d\\D\\s\\S\\w\\W\\b\\B\\A\\z", "\\12", "\\0", "\\_\\.\\-\\/", "é+",
        "\\x41\\x{1F600}", "\\pL\\p{Greek}\\P{^Lu}", "\\Qa.b*\\E+", "(?P<n>a)(?P<n>b)", "x\\Q\\E*", "[[:word:]\\w-]", "a??", "(?U)a+", "(|a)*", "(?i)(a)(?-i)",
    };
}
