using Microsoft.Extensions.Options;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class LabelMatcherTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["service"] = "payment", ["path"] = "a\nb", ["quoted"] = "say \"x\"" };

    [Theory]
    [InlineData("service=\"payment\"", true)]
    [InlineData("service = payment", true)]
    [InlineData("service='payment'", true)]
    [InlineData("service=\"pay\"", false)]
    [InlineData("service!=\"pay\"", true)]
    [InlineData("service=~\"pay\"", false)]
    [InlineData("service=~\"pay.*\"", true)]
    [InlineData("service=~\"a|payment\"", true)]
    [InlineData("service!~\"pay.+|x\"", false)]
    [InlineData("absent=\"\"", true)]
    [InlineData("absent=~\".+\"", false)]
    [InlineData("absent!~\".+\"", true)]
    [InlineData("path=~\"a.b\"", true)]
    [InlineData("quoted=\"say \\\"x\\\"\"", true)]
    public void Matches_Expression_AsAlertmanagerDoes(string text, bool expected)
    {
        Assert.True(LabelMatcher.TryParse(text, out var matcher, out var problem), problem);
        Assert.Equal(expected, matcher.Matches(Labels));
        Assert.True(LabelMatcher.TryParse(matcher.ToString(), out _, out _) || text.Contains('\\', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("service")]
    [InlineData("=\"x\"")]
    [InlineData("service=\"x")]
    [InlineData("service=~\"(\"")]
    [InlineData("service=~\"a)|(b\"")]
    [InlineData("service=~\"(?=x)\"")]
    [InlineData("service=~\"(a)\\\\1\"")]
    [InlineData("service!\"x\"")]
    public void TryParse_Wrong_SaysWhat(string text)
    {
        Assert.False(LabelMatcher.TryParse(text, out _, out var problem));
        Assert.Contains($"'{text}'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Matches_PatternThatBacktracksElsewhere_EndsAtOnce()
    {
        Assert.True(LabelMatcher.TryParse("service=~\"(a+)+b\"", out var matcher, out _));
        Assert.False(matcher.Matches(new Dictionary<string, string> { ["service"] = new string('a', 4000) }));
        Assert.False(LabelMatcher.TryParse("service=~\"" + new string('a', 3000) + "\"", out _, out _));
    }

    [Fact]
    public async Task ReadAsync_SourceDownLater_KeepsRunningSilencesAndCaches()
    {
        var clock = new Clock();
        var source = new ScriptedAlertSource();
        source.Silences.Add(new AlertSilence { Id = "s", State = "active", Matchers = [new SilenceMatcher("service", "payment", false, true)], StartsAt = clock.Now, EndsAt = clock.Now.AddMinutes(10) });
        source.Silences.Add(new AlertSilence { Id = "bad", State = "active", Matchers = [new SilenceMatcher("service", "(", true, true)], StartsAt = clock.Now, EndsAt = clock.Now.AddMinutes(10) });
        var current = new CurrentSuppressions(new ConfiguredSources([source]), new NoMaintenanceWindows(), Options.Create(new SuppressionOptions()), clock);
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("s", (await current.ReadAsync(AlertsWorld.Tenant, cancel)).Find(Labels, clock.Now)!.Id);
        await current.ReadAsync(AlertsWorld.Tenant, cancel);
        Assert.Equal(1, source.SilenceCalls);
        source.IsDown = true;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("s", (await current.ReadAsync(AlertsWorld.Tenant, cancel)).Find(Labels, clock.Now)!.Id);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null((await current.ReadAsync(AlertsWorld.Tenant, cancel)).Find(Labels, clock.Now));
        Assert.Null(Suppressions.None.Find(Labels, clock.Now));
    }
}
