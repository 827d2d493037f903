using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Functions.Limits;

namespace Nightwatch.Functions.Tests.Limits;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData(null, "9.9.9.9", "10.0.0.1")] // Nobody is trusted: whoever sends the header chooses nothing.
    [InlineData("0", "9.9.9.9", "10.0.0.1")]
    [InlineData("1", "1.1.1.1, 9.9.9.9", "9.9.9.9")]
    [InlineData("2", "1.1.1.1, 9.9.9.9, 10.0.0.2", "9.9.9.9")]
    [InlineData("3", "9.9.9.9", "9.9.9.9")]
    [InlineData("1", "", "10.0.0.1")]
    [InlineData("1", "9.9.9.9:4711", "9.9.9.9")]
    [InlineData("1", "[2001:db8::1]:4711", "2001:db8::/64")]
    [InlineData("1", "unknown", "10.0.0.1")]
    [InlineData("10.0.0.0/8", "1.1.1.1, 9.9.9.9, 10.0.0.2", "9.9.9.9")]
    [InlineData("10.0.0.0/8", "10.0.0.3", "10.0.0.3")]
    [InlineData("192.0.2.7", "9.9.9.9", "10.0.0.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 9.9.9.9", "9.9.9.9")]
    public void KeyOf_BehindProxies_BelievesOnlyTheTrusted(string? trusted, string forwarded, string expected)
    {
        var http = From("10.0.0.1");
        http.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(expected, ClientAddress.KeyOf(http, TrustedProxies.Parse(trusted)));
    }

    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::", "2001:db8:1:2::/64")]
    [InlineData("::ffff:10.0.0.9", "10.0.0.9")]
    [InlineData(null, "unknown")]
    public void KeyOf_AnAddress_IsWhatItsHolderCannotChange(string? address, string expected) =>
        Assert.Equal(expected, ClientAddress.KeyOf(From(address), TrustedProxies.None));

    [Fact]
    public void KeyOf_AHeaderOfGreatLength_IsNotRead()
    {
        var http = From("10.0.0.1");
        http.Request.Headers["X-Forwarded-For"] = string.Join(',', Enumerable.Repeat("9.9.9.9", 1000));

        Assert.Equal("10.0.0.1", ClientAddress.KeyOf(http, TrustedProxies.Parse("1")));
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("11")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8,everyone")]
    public void Parse_SomethingElse_IsRefusedWithTheFix(string text) =>
        Assert.Contains("NIGHTWATCH_TRUSTED_PROXIES", Assert.Throws<OptionsValidationException>(() => TrustedProxies.Parse(text)).Message, StringComparison.Ordinal);

    private static DefaultHttpContext From(string? address)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        return http;
    }
}
