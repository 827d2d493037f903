using System.Text;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Incidents;

namespace Nightwatch.Domain.Tests.Alerts;

/// <summary>Inputs that are small and would cost much. None is timed: each ends here or hangs the test run.</summary>
public sealed class BombTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> YamlBombs =>
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nwindows: [*c,*c,*c,*c,*c,*c,*c,*c,*c]",
        "windows: &loop [*loop]",
        new string('[', 5000),
        string.Concat(Enumerable.Repeat("{a: ", 5000)),
        string.Concat(Enumerable.Repeat("- ", 5000)),
        "windows: [" + string.Join(',', Enumerable.Repeat("x", 60_000)) + "]",
        new string('a', 300_000),
        "windows: !!binary aGVsbG8=",
        "windows: []\nwindows: []",
        "%YAML 9.9\n---\nwindows: []",
        "? [a]\n: b",
        "windows: \"\\ud800\"",
        "windows: []\n\0 and what is never read",
        "windows: [\"unclosed",
    ];

    [Theory]
    [MemberData(nameof(YamlBombs))]
    public void Parse_AYamlBomb_IsRefusedWithAProblem(string yaml)
    {
        Assert.NotEmpty(MaintenanceWindowsFile.Parse(yaml).Problems);
        Assert.NotEmpty(AnalysisRulesFile.Parse(yaml).Problems);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*)*x")]
    [InlineData("([a-z]+)*!")]
    public void Matches_WithAPatternThatBacktracks_Ends(string pattern)
    {
        Assert.True(LabelMatcher.TryParse($"service=~\"{pattern}\"", out var matcher, out _));

        matcher.Matches(new Dictionary<string, string> { ["service"] = new string('a', 4000) + "?" });
    }

    [Theory]
    [InlineData("((((a{100}){100}){100}){100})")]
    [InlineData("(?<=a)b")]
    [InlineData("(a)\\1")]
    public void TryParse_APatternTooLargeOrNotLinear_IsRefused(string pattern)
    {
        Assert.False(LabelMatcher.TryParse($"service=~\"{pattern}\"", out _, out var problem));

        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{\"a\":", 50_000)]
    [InlineData("{\"alerts\":[{\"labels\":", 20_000)]
    public void Parse_JsonThatIsDeep_IsRefused(string part, int times) =>
        Assert.Equal(400, Parse(string.Concat(Enumerable.Repeat(part, times))).Refusal!.Status);

    [Fact]
    public void Parse_NumbersBeyondEveryType_AreNoFault() =>
        Assert.NotNull(Parse($"{{\"version\":\"4\",\"truncatedAlerts\":1{new string('0', 10_000)},\"alerts\":[]}}").Refusal);

    [Fact]
    public void Parse_VeryManyLabels_RejectsTheAlert()
    {
        var labels = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"l{i}\":\"v\""));

        var parsed = Parse($$$"""{"version":"4","alerts":[{"status":"firing","labels":{{{{labels}}}},"startsAt":"2026-11-21T02:00:00Z"}]}""");

        Assert.Single(parsed.Rejected);
        Assert.Empty(parsed.Alerts);
    }

    [Fact]
    public void Parse_OneNameVeryOften_KeepsTheLastAndEnds()
    {
        var labels = string.Join(',', Enumerable.Repeat("\"a\":\"v\"", 100_000));

        Assert.Single(Parse($$$"""{"version":"4","alerts":[{"status":"firing","labels":{{{{labels}}}},"startsAt":"2026-11-21T02:00:00Z"}]}""").Alerts);
    }

    [Theory]
    [InlineData("\"\\ud800\":\"v\"")]
    [InlineData("\"a\":\"\\udc00\"")]
    [InlineData("\"alertname\":\"\\ud800\\ud800\"")]
    public void Parse_HalfASurrogatePair_RejectsTheAlert(string label) =>
        Assert.Single(Parse($$$"""{"version":"4","alerts":[{"status":"firing","labels":{{{{label}}}},"startsAt":"2026-11-21T02:00:00Z"}]}""").Rejected);

    private static ParsedWebhook Parse(string json) => WebhookParser.Parse(AlertFormat.Alertmanager, Encoding.UTF8.GetBytes(json), new IntakeOptions(), Now);
}
