using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class CustomPatternTests
{
    [Theory]
    [InlineData("Bad Name", "x")]
    [InlineData("a", "")]
    [InlineData("a", "x*")]
    [InlineData("a", "(x")]
    [InlineData("a", "(?<=x)y")]
    [InlineData("a", @"(x)\1")]
    [InlineData("a", "((x{100}){100}){100}")]
    [InlineData("a", "x{99999999999999}")]
    public void TryCreate_Unsafe_SaysWhy(string name, string pattern)
    {
        Assert.False(CustomPattern.TryCreate(name, pattern, out var created, out var error));
        Assert.Null(created);
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Mask_CustomPattern_HasItsName()
    {
        Assert.True(CustomPattern.TryCreate("customer", "CUST-[0-9]{6}", out var pattern, out _));
        var masker = new TextMasker(new MaskingPolicy { Custom = [pattern] });

        var masked = masker.Mask("order of CUST-123456 failed");

        Assert.Equal("order of [masked customer] failed", masked);
        Assert.Same(masked, masker.Mask(masked));
    }

    [Fact]
    public void Mask_CatastrophicPattern_StaysLinear()
    {
        Assert.True(CustomPattern.TryCreate("slow", "(a+)+b", out var pattern, out _));
        var text = new string('a', 50_000);

        Assert.Same(text, new TextMasker(new MaskingPolicy { Custom = [pattern] }).Mask(text));
    }
}
