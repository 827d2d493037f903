using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Tests.Investigations;

public sealed class InvestigationReportTests
{
    [Fact]
    public void ToMarkdown_Concluded_HasQueriesLinksPointsAndGaps()
    {
        IReadOnlyList<Evidence> evidence = [.. Boards.PaymentFails(Boards.Change("payment", "restart", -5000, "payment restarted")), Boards.Answer(Topics.Silences, status: ToolStatus.Error) with { Message = "connection refused" }];
        var investigation = Boards.Investigation(Boards.Subject(expression: "errors_ratio > 0.05"), evidence);
        var text = InvestigationReport.ToMarkdown(investigation with { Conclusion = ConclusionDrawer.Draw(investigation, evidence), Outcome = "Resolved after 3 min." }, evidence, null);

        Assert.Contains("### 1. internal\\_errors: payment (", text, StringComparison.Ordinal);
        Assert.Contains("`query of golden.errors` [open](<http://prometheus:9090/graph?g0.expr=x>)", text, StringComparison.Ordinal);
        Assert.Contains("(evidence 1)", text, StringComparison.Ordinal);
        Assert.Contains("silences: connection refused", text, StringComparison.Ordinal);
        Assert.Contains("- Expression: `errors_ratio > 0.05`", text, StringComparison.Ordinal);
        Assert.Contains("Outcome: Resolved after 3 min.", text, StringComparison.Ordinal);
        Assert.Contains("## Next steps", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("![x](http://evil.example/p.png)")]
    [InlineData("a\n# heading\n\n- item")]
    [InlineData("<!-- hidden -->")]
    public void ToMarkdown_MarkupFromOutside_IsShownNotObeyed(string hostile)
    {
        var evidence = new[]
        {
            Boards.Answer(Topics.Logs, items: [new EvidenceItem { Kind = hostile, Text = hostile }]) with { Summary = hostile, Message = hostile, Link = $"javascript:{hostile}" },
        };
        var investigation = Boards.Investigation(Boards.Subject(hostile), evidence) with { Title = hostile };
        var text = InvestigationReport.ToMarkdown(investigation with { Conclusion = ConclusionDrawer.Draw(investigation, evidence) with { Summary = hostile, Narrative = hostile } }, evidence, null);
        var outside = System.Text.RegularExpressions.Regex.Replace(text, "`[^`]*`", "");

        Assert.DoesNotContain("<script", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("](", outside.Replace("]\\(", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("http://evil", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# heading\n\n- item\n   - ", outside, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a`b", "`` a`b ``")]
    [InlineData("```", "```` ``` ````")]
    [InlineData("a\nb", "`a b`")]
    [InlineData("", "")]
    public void Code_AnyText_CannotLeaveItsFence(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));

    [Theory]
    [InlineData("http://a/b?c=<d>", "[x](<http://a/b?c=%3Cd%3E>)")]
    [InlineData("javascript:alert(1)", "")]
    [InlineData("file:///etc/passwd", "")]
    [InlineData(null, "")]
    public void Link_OnlyOfTheWeb(string? address, string expected) => Assert.Equal(expected, MarkdownText.Link("x", address));

    [Theory]
    [InlineData(0.3149, "ratio", "31.5 %")]
    [InlineData(0, "ratio", "0 %")]
    [InlineData(0.0123, "seconds", "12.3 ms")]
    [InlineData(0.00001234, "seconds", "12.3 µs")]
    [InlineData(2.4567, "seconds", "2.46 s")]
    [InlineData(250, "milliseconds", "250 ms")]
    [InlineData(157286400, "bytes", "150 MiB")]
    [InlineData(1234567, null, "1234567")]
    [InlineData(3, "count", "3")]
    [InlineData(2.345, "times", "2.35x")]
    [InlineData(12.345, "per_second", "12.3/s")]
    [InlineData(0.5, "cores", "0.5 cores")]
    [InlineData(-0.00000001, null, "-1E-8")]
    [InlineData(double.NaN, null, "unknown")]
    public void Write_Numbers_AreShortAndInAReadableUnit(double value, string? unit, string expected) => Assert.Equal(expected, Numbers.Write(value, unit));
}
