using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class TextMaskerTests
{
    private readonly TextMasker masker = new();

    [Theory]
    [InlineData("Authorization: Bearer abc.def-123456", "Authorization: Bearer [masked]")]
    [InlineData("authorization: basic dXNlcjpwYXNz", "authorization: basic [masked]")]
    [InlineData("dial postgres://app:s3cr3t@db:5432/shop failed", "dial postgres://app:[masked]@db:5432/shop failed")]
    [InlineData("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt [masked] end")]
    [InlineData("key sk-proj-0123456789abcdefghij used", "key [masked] used")]
    [InlineData("token=ghp_0123456789abcdefghijKLMNOP", "token=[masked]")]
    [InlineData("aws AKIAIOSFODNN7EXAMPLE", "aws [masked]")]
    [InlineData("login password=hunter22 user=ann", "login password=[masked] user=ann")]
    [InlineData("{\"password\":\"hunter22\",\"user\":\"ann\"}", "{\"password\":\"[masked]\",\"user\":\"ann\"}")]
    [InlineData("api_key: 'abcd1234'", "api_key: '[masked]'")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----", "[masked]")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEcut in the mid", "[masked]")]
    public void Mask_Secret_IsGoneAndItsSurroundingsStay(string text, string expected) => Assert.Equal(expected, masker.Mask(text));

    [Theory]
    [InlineData("rate(http_requests_total{code=~\"5..\"}[5m])")]
    [InlineData("http://prometheus:9090/graph?g0.expr=up&at=12:00")]
    [InlineData("sum by (secret_name) (kube_secret_info)")]
    [InlineData("the bearer of bad news")]
    [InlineData("10.0.0.1:9100")]
    [InlineData("")]
    public void Mask_NothingSecret_IsTheSameText(string text) => Assert.Same(text, masker.Mask(text));

    [Fact]
    public void Mask_HostileText_TakesNoLongerThanItsLength()
    {
        // Exponential patterns would not come back from this.
        var text = string.Concat(Enumerable.Repeat("://a:password=eyJ-----BEGIN bearer ", 20_000));

        Assert.NotEqual(text, masker.Mask(text));
    }
}
