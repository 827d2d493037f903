using System.Net;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Domain.Tests.Governance.Outbound;

public sealed class OutboundEntryTests
{
    [Theory]
    [InlineData("prometheus.corp.example", "prometheus.corp.example", 9090, true)]
    [InlineData("Prometheus.Corp.Example.", "prometheus.corp.example", 443, true)]
    [InlineData("prometheus.corp.example", "a.prometheus.corp.example", 443, false)]
    [InlineData("prometheus.corp.example:9090", "prometheus.corp.example", 9090, true)]
    [InlineData("prometheus.corp.example:9090", "prometheus.corp.example", 9091, false)]
    [InlineData("*.corp.example", "a.corp.example", 443, true)]
    [InlineData("*.corp.example", "a.b.corp.example", 443, true)]
    [InlineData("*.corp.example", "corp.example", 443, false)]
    [InlineData("*.corp.example", "evilcorp.example", 443, false)]
    [InlineData("*.corp.example", ".corp.example", 443, false)]
    [InlineData("*.corp.example:8443", "a.corp.example", 443, false)]
    [InlineData("localhost", "localhost", 1, true)]
    [InlineData("10.0.0.0/8", "10.0.0.1", 1, false)]
    public void Names_AHost_AsItIsWritten(string entry, string host, int port, bool expected) => Assert.Equal(expected, Parsed(entry).Names(host, port));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", 1, true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", 1, false)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", 1, true)]
    [InlineData("10.0.0.0/8:9090", "10.0.0.1", 9090, true)]
    [InlineData("10.0.0.0/8:9090", "10.0.0.1", 9091, false)]
    [InlineData("10.1.2.3", "10.1.2.3", 80, true)]
    [InlineData("10.1.2.3", "10.1.2.4", 80, false)]
    [InlineData("10.1.2.3:80", "10.1.2.3", 81, false)]
    [InlineData("fd00::/8", "fd12::1", 80, true)]
    [InlineData("fd00::/8", "10.0.0.1", 80, false)]
    [InlineData("[fd00::/8]:80", "fd12::1", 80, true)]
    [InlineData("fd00::1", "fd00::1", 80, true)]
    [InlineData("FD00:0:0::1", "fd00::1", 80, true)]
    [InlineData("[fd00::1]:9090", "fd00::1", 9090, true)]
    [InlineData("[fd00::1]:9090", "fd00::1", 80, false)]
    [InlineData("corp.example", "10.0.0.1", 80, false)]
    public void Holds_AnAddress_OfItsRange(string entry, string address, int port, bool expected) =>
        Assert.Equal(expected, Parsed(entry).Holds(IPAddress.Parse(address), port));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("*.com")]
    [InlineData("a.*.example")]
    [InlineData("http://a.example")]
    [InlineData("a.example/path")]
    [InlineData("a.example:")]
    [InlineData("a.example:0")]
    [InlineData("a.example:65536")]
    [InlineData("a.example:http")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("010.0.0.1")]
    [InlineData("10.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("fe80::1%1")]
    [InlineData("user@a.example")]
    [InlineData("a_b.example\u0000")]
    public void Parse_OfWhatIsNoEntry_IsNull(string text) => Assert.Null(OutboundEntry.Parse(text));

    private static OutboundEntry Parsed(string text)
    {
        var entry = OutboundEntry.Parse(text);
        Assert.NotNull(entry);
        return entry;
    }
}
