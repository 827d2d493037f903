using System.Net;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Domain.Tests.Governance.Outbound;

public sealed class AddressKindsTests
{
    [Theory]
    // Both ends of each range, and the neighbours outside of it.
    [InlineData("0.0.0.0", AddressKind.Unspecified)]
    [InlineData("0.255.255.255", AddressKind.Unspecified)]
    [InlineData("1.0.0.0", AddressKind.Public)]
    [InlineData("9.255.255.255", AddressKind.Public)]
    [InlineData("10.0.0.0", AddressKind.Private)]
    [InlineData("10.255.255.255", AddressKind.Private)]
    [InlineData("11.0.0.0", AddressKind.Public)]
    [InlineData("100.63.255.255", AddressKind.Public)]
    [InlineData("100.64.0.0", AddressKind.Shared)]
    [InlineData("100.100.100.199", AddressKind.Shared)]
    [InlineData("100.100.100.200", AddressKind.Metadata)]
    [InlineData("100.127.255.255", AddressKind.Shared)]
    [InlineData("100.128.0.0", AddressKind.Public)]
    [InlineData("126.255.255.255", AddressKind.Public)]
    [InlineData("127.0.0.0", AddressKind.Loopback)]
    [InlineData("127.0.0.1", AddressKind.Loopback)]
    [InlineData("127.255.255.255", AddressKind.Loopback)]
    [InlineData("128.0.0.0", AddressKind.Public)]
    [InlineData("168.63.129.15", AddressKind.Public)]
    [InlineData("168.63.129.16", AddressKind.Metadata)]
    [InlineData("168.63.129.17", AddressKind.Public)]
    [InlineData("169.253.255.255", AddressKind.Public)]
    [InlineData("169.254.0.0", AddressKind.LinkLocal)]
    [InlineData("169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("169.254.170.2", AddressKind.LinkLocal)]
    [InlineData("169.254.255.255", AddressKind.LinkLocal)]
    [InlineData("169.255.0.0", AddressKind.Public)]
    [InlineData("172.15.255.255", AddressKind.Public)]
    [InlineData("172.16.0.0", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("192.0.0.0", AddressKind.Reserved)]
    [InlineData("192.0.0.192", AddressKind.Metadata)]
    [InlineData("192.0.2.1", AddressKind.Documentation)]
    [InlineData("192.88.99.1", AddressKind.Reserved)]
    [InlineData("192.167.255.255", AddressKind.Public)]
    [InlineData("192.168.0.0", AddressKind.Private)]
    [InlineData("192.168.255.255", AddressKind.Private)]
    [InlineData("192.169.0.0", AddressKind.Public)]
    [InlineData("198.17.255.255", AddressKind.Public)]
    [InlineData("198.18.0.0", AddressKind.Benchmark)]
    [InlineData("198.19.255.255", AddressKind.Benchmark)]
    [InlineData("198.20.0.0", AddressKind.Public)]
    [InlineData("198.51.100.7", AddressKind.Documentation)]
    [InlineData("203.0.113.7", AddressKind.Documentation)]
    [InlineData("223.255.255.255", AddressKind.Public)]
    [InlineData("224.0.0.0", AddressKind.Multicast)]
    [InlineData("239.255.255.255", AddressKind.Multicast)]
    [InlineData("240.0.0.0", AddressKind.Reserved)]
    [InlineData("255.255.255.254", AddressKind.Reserved)]
    [InlineData("255.255.255.255", AddressKind.Broadcast)]
    public void Of_AnIpv4Address_IsItsRangesKind(string address, AddressKind expected) => Assert.Equal(expected, AddressKinds.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("::", AddressKind.Unspecified)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("::2", AddressKind.Unspecified)] // ::0.0.0.2, an IPv4-compatible one
    [InlineData("fbff::1", AddressKind.Reserved)]
    [InlineData("fc00::", AddressKind.UniqueLocal)]
    [InlineData("fd12:3456::1", AddressKind.UniqueLocal)]
    [InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", AddressKind.UniqueLocal)]
    [InlineData("fd00:ec2::254", AddressKind.Metadata)]
    [InlineData("fd00:ec2::23", AddressKind.Metadata)]
    [InlineData("fd20:ce::254", AddressKind.Metadata)]
    [InlineData("fe80::1", AddressKind.LinkLocal)]
    [InlineData("fe80::1%1", AddressKind.LinkLocal)]
    [InlineData("febf::1", AddressKind.LinkLocal)]
    [InlineData("fec0::1", AddressKind.UniqueLocal)]
    [InlineData("ff02::1", AddressKind.Multicast)]
    [InlineData("100::1", AddressKind.Reserved)]
    [InlineData("2001:db8::1", AddressKind.Documentation)]
    [InlineData("3fff::1", AddressKind.Documentation)]
    [InlineData("2001:2::1", AddressKind.Benchmark)]
    [InlineData("2001:10::1", AddressKind.Reserved)]
    [InlineData("2001:4860:4860::8888", AddressKind.Public)]
    [InlineData("2606:4700::1111", AddressKind.Public)]
    [InlineData("2606:4700::1111%3", AddressKind.Public)]
    [InlineData("4000::1", AddressKind.Reserved)]
    public void Of_AnIpv6Address_IsItsRangesKind(string address, AddressKind expected) => Assert.Equal(expected, AddressKinds.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("::ffff:127.0.0.1", AddressKind.Loopback)]
    [InlineData("::ffff:a9fe:a9fe", AddressKind.LinkLocal)]
    [InlineData("::ffff:10.1.2.3", AddressKind.Private)]
    [InlineData("::ffff:8.8.8.8", AddressKind.Public)]
    [InlineData("::127.0.0.1", AddressKind.Loopback)]
    [InlineData("::169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("::8.8.8.8", AddressKind.Reserved)]
    [InlineData("::ffff:0:10.1.2.3", AddressKind.Private)]
    [InlineData("::ffff:0:8.8.8.8", AddressKind.Reserved)]
    [InlineData("64:ff9b::8.8.8.8", AddressKind.Public)]
    [InlineData("64:ff9b::10.0.0.1", AddressKind.Private)]
    [InlineData("64:ff9b::169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("64:ff9b::168.63.129.16", AddressKind.Metadata)]
    [InlineData("64:ff9b:1::8.8.8.8", AddressKind.Private)]
    [InlineData("64:ff9b:1::169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("64:ff9b:1:a9fe:a9:fe00::", AddressKind.LinkLocal)]
    [InlineData("2002:7f00:1::1", AddressKind.Loopback)]
    [InlineData("2002:a9fe:a9fe::1", AddressKind.LinkLocal)]
    [InlineData("2002:0808:0808::1", AddressKind.Reserved)]
    [InlineData("2001:0:0808:0808:0:0:80ff:fffe", AddressKind.Loopback)] // Teredo, client 127.0.0.1 with its bits turned
    [InlineData("2001:0:a9fe:a9fe:0:0:f7f7:f7f7", AddressKind.LinkLocal)] // Teredo, server 169.254.169.254
    [InlineData("2001:0:0808:0808:0:0:f7f7:f7f7", AddressKind.Reserved)]
    [InlineData("2606:4700::5efe:10.0.0.1", AddressKind.Private)] // ISATAP
    [InlineData("2606:4700::200:5efe:192.168.0.1", AddressKind.Private)]
    [InlineData("fd00:ec2::5efe:10.0.0.1", AddressKind.Metadata)]
    public void Of_AnAddressThatCarriesAnother_IsNeverMilderThanThat(string address, AddressKind expected) =>
        Assert.Equal(expected, AddressKinds.Of(IPAddress.Parse(address)));

    [Fact]
    public void Of_EveryIpv4AddressMapped_IsThatOfTheAddress()
    {
        // A walk through the whole space in steps that hit every /16 at other ends.
        for (long value = 0; value <= uint.MaxValue; value += 65_521)
        {
            var four = new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

            Assert.Equal(AddressKinds.Of(four), AddressKinds.Of(four.MapToIPv6()));
        }
    }
}
