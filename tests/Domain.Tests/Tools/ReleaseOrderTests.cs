using Nightwatch.Domain.Tools.Changes;

namespace Nightwatch.Domain.Tests.Tools;

public sealed class ReleaseOrderTests
{
    [Theory]
    [InlineData("1.5.0@e07b52d", "1.4.2@9c1e4f7", 1, 50, true)]
    [InlineData("1.4.2@9c1e4f7", "1.5.0@e07b52d", 1, 50, false)]
    [InlineData("v2.10.0", "v2.9.1", 5, 5, true)]
    [InlineData("v2.9.1", "v2.10.0", 5, 500, false)]
    [InlineData("e07b52d", "9c1e4f7", 4, 40, true)]
    [InlineData("9c1e4f7", "e07b52d", 40, 4, false)]
    [InlineData("1.5.0@a", "1.4.2@b", 4, 0, false)]
    public void IsReturn_VersionsSeenSoOften_TellsReturnFromRelease(string from, string to, int fromSeen, int toSeen, bool expected)
    {
        var earlier = new Dictionary<string, int> { [from] = fromSeen };
        if (toSeen > 0)
        {
            earlier[to] = toSeen;
        }

        Assert.Equal(expected, ReleaseOrder.IsReturn(from, to, earlier));
    }
}
