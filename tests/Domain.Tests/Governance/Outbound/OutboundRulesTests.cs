using System.Net;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Domain.Tests.Governance.Outbound;

public sealed class OutboundRulesTests
{
    private static readonly OutboundTrust Named = OutboundTrust.Operator(new Uri("http://prometheus.corp.example:9090/base/"), new Uri("http://127.0.0.1:9093/"));

    [Theory]
    [InlineData("https://api.example.com/x", null)]
    [InlineData("http://8.8.8.8/", null)]
    [InlineData("ftp://a.example/", OutboundRule.Scheme)]
    [InlineData("file:///etc/passwd", OutboundRule.Scheme)]
    [InlineData("gopher://a.example/", OutboundRule.Scheme)]
    [InlineData("http://me:secret@a.example/", OutboundRule.UserInfo)]
    [InlineData("http://me@a.example/", OutboundRule.UserInfo)]
    [InlineData("http://metadata.google.internal/computeMetadata/v1/", OutboundRule.PlatformAddress)]
    [InlineData("http://METADATA.google.internal./", OutboundRule.PlatformAddress)]
    [InlineData("http://metadata.azure.com/", OutboundRule.PlatformAddress)]
    [InlineData("http://169.254.169.254/latest/meta-data/", OutboundRule.PlatformAddress)]
    [InlineData("http://168.63.129.16/", OutboundRule.PlatformAddress)]
    [InlineData("http://[fd00:ec2::254]/", OutboundRule.PlatformAddress)]
    [InlineData("http://[::ffff:169.254.169.254]/", OutboundRule.PlatformAddress)]
    [InlineData("http://[fe80::1%25eth0]/", OutboundRule.PlatformAddress)]
    [InlineData("http://127.0.0.1/", OutboundRule.PrivateAddress)]
    [InlineData("http://2130706433/", OutboundRule.PrivateAddress)]
    [InlineData("http://0x7f.1/", OutboundRule.PrivateAddress)]
    [InlineData("http://0177.0.0.1/", OutboundRule.PrivateAddress)]
    [InlineData("http://127.1/", OutboundRule.PrivateAddress)]
    [InlineData("http://0/", OutboundRule.PrivateAddress)]
    [InlineData("http://[::1]/", OutboundRule.PrivateAddress)]
    [InlineData("http://[::ffff:7f00:1]/", OutboundRule.PrivateAddress)]
    [InlineData("http://10.0.0.1/", OutboundRule.PrivateAddress)]
    public void CheckUrl_OfAUser_IsRefusedByWhatItSays(string url, OutboundRule? expected) =>
        Assert.Equal(expected, new OutboundRules(new OutboundSettings(), OutboundTrust.User).CheckUrl(new Uri(url))?.Rule);

    [Theory]
    [InlineData("http://prometheus.corp.example:9090/api", null)]
    [InlineData("https://prometheus.corp.example:9090/api", null)]
    [InlineData("http://prometheus.corp.example.:9090/api", null)]
    [InlineData("http://127.0.0.1:9093/", null)]
    [InlineData("http://prometheus.corp.example:9091/", OutboundRule.NotNamed)]
    [InlineData("http://127.0.0.1:9094/", OutboundRule.NotNamed)]
    [InlineData("http://localhost:9093/", OutboundRule.NotNamed)]
    [InlineData("https://api.example.com/", OutboundRule.NotNamed)]
    [InlineData("http://me:secret@127.0.0.1:9093/", OutboundRule.UserInfo)]
    [InlineData("http://metadata.google.internal/", OutboundRule.PlatformAddress)]
    public void CheckUrl_OfTheOperator_IsTheNamedHostAndPortOnly(string url, OutboundRule? expected) =>
        Assert.Equal(expected, new OutboundRules(new OutboundSettings(), Named).CheckUrl(new Uri(url))?.Rule);

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("10.0.0.1", null)]
    [InlineData("8.8.8.8", null)]
    [InlineData("169.254.169.254", OutboundRule.PlatformAddress)]
    [InlineData("fe80::1", OutboundRule.PlatformAddress)]
    [InlineData("168.63.129.16", OutboundRule.PlatformAddress)]
    [InlineData("64:ff9b::169.254.169.254", OutboundRule.PlatformAddress)]
    public void CheckAddress_OfTheOperatorsHost_IsAnythingButAPlatform(string address, OutboundRule? expected) =>
        Assert.Equal(expected, new OutboundRules(new OutboundSettings(), Named).CheckAddress("prometheus.corp.example", 9090, IPAddress.Parse(address))?.Rule);

    [Theory]
    [InlineData("", "8.8.8.8", null)]
    [InlineData("", "10.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("", "::1", OutboundRule.PrivateAddress)]
    [InlineData("", "203.0.113.1", OutboundRule.PrivateAddress)]
    [InlineData("", "224.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("10.0.0.0/8", "10.0.0.1", null)]
    [InlineData("10.0.0.0/8:80", "10.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("10.0.0.0/8", "192.168.0.1", OutboundRule.PrivateAddress)]
    [InlineData("host.corp.example", "10.0.0.1", null)]
    [InlineData("host.corp.example:443", "10.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("host.corp.example", "127.0.0.1", null)]
    [InlineData("host.corp.example", "169.254.169.254", OutboundRule.PlatformAddress)]
    [InlineData("*.corp.example", "10.0.0.1", null)]
    [InlineData("*.corp.example", "fd12::1", null)]
    [InlineData("*.corp.example", "127.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("*.corp.example", "0.0.0.0", OutboundRule.PrivateAddress)]
    [InlineData("*.other.example", "10.0.0.1", OutboundRule.PrivateAddress)]
    [InlineData("0.0.0.0/0 ::/0", "127.0.0.1", null)]
    [InlineData("0.0.0.0/0 ::/0", "169.254.169.254", OutboundRule.PlatformAddress)]
    [InlineData("0.0.0.0/0 ::/0", "168.63.129.16", OutboundRule.PlatformAddress)]
    [InlineData("169.254.0.0/15", "169.254.169.254", OutboundRule.PlatformAddress)]
    [InlineData("100.64.0.0/10", "100.100.100.200", OutboundRule.PlatformAddress)]
    [InlineData("169.254.169.254", "169.254.169.254", null)]
    [InlineData("169.254.0.0/16", "169.254.169.254", null)]
    [InlineData("168.63.129.16", "168.63.129.16", null)]
    [InlineData("fd00:ec2::254", "fd00:ec2::254", null)]
    [InlineData("fc00::/7", "fd00:ec2::254", OutboundRule.PlatformAddress)]
    public void CheckAddress_OfAUsersHost_FollowsTheAllowList(string allow, string address, OutboundRule? expected) =>
        Assert.Equal(expected, new OutboundRules(Settings(allow), OutboundTrust.User).CheckAddress("host.corp.example", 9090, IPAddress.Parse(address))?.Rule);

    [Theory]
    [InlineData("api.example.com", "8.8.8.8", null)]
    [InlineData("other.example.com", "8.8.8.8", OutboundRule.NotListed)]
    [InlineData("1.example.com", "9.9.9.9", null)]
    public void PublicHosts_WhenTheyAreRefused_NeedAnEntry(string host, string address, OutboundRule? expected)
    {
        var rules = new OutboundRules(Settings("api.example.com 9.9.9.0/24") with { AllowPublic = false }, OutboundTrust.User);

        Assert.Equal(expected, rules.CheckAddress(host, 443, IPAddress.Parse(address))?.Rule);
        Assert.Null(rules.CheckUrl(new Uri($"https://{host}/"))); // The address is not known yet, and a range may hold it.
        Assert.Equal(
            host == "api.example.com" ? null : OutboundRule.NotListed,
            new OutboundRules(Settings("api.example.com") with { AllowPublic = false }, OutboundTrust.User).CheckUrl(new Uri($"https://{host}/"))?.Rule);
    }

    [Theory]
    [InlineData("https://api.example.com/", null)]
    [InlineData("https://other.example.com/", OutboundRule.NotListed)]
    [InlineData("https://direct.corp.example/", null)]
    [InlineData("https://8.8.8.8/", null)]
    [InlineData("https://10.0.0.1/", OutboundRule.PrivateAddress)]
    [InlineData("http://proxy.corp.example:3128/", OutboundRule.ProxyItself)]
    public void CheckUrl_BehindAProxy_TakesListedNamesOnly(string url, OutboundRule? expected)
    {
        var settings = Settings("api.example.com") with
        {
            Proxy = new Uri("http://proxy.corp.example:3128/"),
            NoProxy = [OutboundEntry.Parse("*.corp.example")!],
        };

        Assert.Equal(expected, new OutboundRules(settings, OutboundTrust.User).CheckUrl(new Uri(url))?.Rule);
    }

    [Fact]
    public void OperatorAndOthers_JudgesTheOthersAsUsers()
    {
        var rules = new OutboundRules(new OutboundSettings(), OutboundTrust.OperatorAndOthers(new Uri("http://127.0.0.1:8080/realm")));

        Assert.Null(rules.CheckUrl(new Uri("http://127.0.0.1:8080/keys")));
        Assert.Null(rules.CheckUrl(new Uri("https://keys.example.com/")));
        Assert.Equal(OutboundRule.PrivateAddress, rules.CheckUrl(new Uri("http://127.0.0.1:8081/keys"))?.Rule);
        Assert.Equal(OutboundRule.PrivateAddress, rules.CheckAddress("keys.example.com", 443, IPAddress.Loopback)?.Rule);
    }

    [Theory]
    [InlineData("10.99.98.97")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("fd12:3456::99")]
    public void Refusal_OfWhatANameLeadsTo_TellsTheSettingAndNotTheAddress(string address)
    {
        var refusal = new OutboundRules(new OutboundSettings(), OutboundTrust.User).CheckAddress("inner.example", 9090, IPAddress.Parse(address));

        Assert.NotNull(refusal);
        Assert.Contains("inner.example:9090", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(OutboundSettings.AllowKey, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(address, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("loopback", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static OutboundSettings Settings(string allow) =>
        new() { Allow = [.. allow.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(e => OutboundEntry.Parse(e)!)] };
}
