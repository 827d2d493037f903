using Nightwatch.Functions.Alerts;

namespace Nightwatch.Functions.Tests.Alerts;

public sealed class AlertsMessageTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(400)]
    public void Halves_OfSeveral_AreTwoMessagesWithAllOfThem(int count)
    {
        var message = new AlertsMessage { Tenant = "t", EpisodeIds = [.. Enumerable.Range(0, count).Select(i => $"{i}")] };

        var halves = message.Halves().Select(AlertsMessage.Parse).ToList();

        Assert.Equal(2, halves.Count);
        Assert.Equal(message.EpisodeIds, halves.SelectMany(h => h.EpisodeIds));
        Assert.All(halves, h => Assert.Equal("t", h.Tenant));
    }
}
