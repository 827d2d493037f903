using Nightwatch.Domain.Queries.LogQl;

namespace Nightwatch.Domain.Tests.Queries.LogQl;

public sealed class LogQlStageChecksTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain } text {")]
    [InlineData("{{.a}} {{ .b.c }}{{/* a comment */}}{{- /* trimmed */ -}}")]
    [InlineData("{{- .a -}}")]
    [InlineData("{{ .a | ToUpper | printf \"%s-%d\" 3 }}")]
    [InlineData("{{if eq .a \"x\"}}1{{else if and .b (not .c)}}2{{else}}3{{end}}")]
    [InlineData("{{with $x := .a}}{{$x}}{{else}}none{{end}}")]
    [InlineData("{{range $i, $e := fromJson .a}}{{if gt $i 3}}{{break}}{{end}}{{$e.name}}{{continue}}{{end}}")]
    [InlineData("{{define \"t\"}}x{{end}}{{template \"t\" .}}{{block \"b\" .a}}y{{end}}")]
    [InlineData("{{$a := 1}}{{$a = 2}}{{$a}}{{ (index .m \"k\").v }}")]
    [InlineData("{{ __line__ }} {{ __timestamp__ | date \"2006-01-02\" }} {{ `raw` }} {{ 'c' }} {{ -1.5e3 }} {{ 0x1F }} {{ true }}")]
    public void Check_GoodTemplates_NothingIsFound(string template) => Assert.Empty(Problems(template));

    [Theory]
    [InlineData("{{.a")]
    [InlineData("{{}}")]
    [InlineData("{{.a}")]
    [InlineData("{{ .a | }}")]
    [InlineData("{{ | .a }}")]
    [InlineData("{{ nosuch .a }}")]
    [InlineData("{{if .a}}x")]
    [InlineData("{{end}}")]
    [InlineData("{{else}}")]
    [InlineData("{{if .a}}{{else}}{{else}}{{end}}")]
    [InlineData("{{ $x }}")]
    [InlineData("{{ \"a }}")]
    [InlineData("{{ .a | 3 }}")]
    [InlineData("{{ (.a }}")]
    [InlineData("{{ .a) }}")]
    [InlineData("{{break}}")]
    [InlineData("{{ 3x }}")]
    [InlineData("{{ .a!b }}")]
    [InlineData("{{/* open }}")]
    [InlineData("{{ \"a\"\"b\" }}")]
    [InlineData("{{ true.x }}")]
    [InlineData("{{if .a}}{{define \"x\"}}{{end}}{{end}}")]
    public void Check_WrongTemplates_AreFound(string template)
    {
        Assert.NotEmpty(Problems(template));
        Assert.Contains("the template of line_format is wrong", Problems(template)[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("|~ \"a(\"", "regular expression")]
    [InlineData("!~ `error\\`", "regular expression")]
    [InlineData("|> \"<a> x\"", "write <_> instead of <a>")]
    [InlineData("|> \"<_><_>\"", "side by side")]
    [InlineData("|= ip(\"10.0.0\")", "no address")]
    [InlineData("|= ip(\"10.0.0.9-10.0.0.1\")", "the lower first")]
    [InlineData("|= ip(\"10.0.0.0/33\")", "prefix length")]
    [InlineData("|~ ip(\"10.0.0.1\")", "only behind |= and !=")]
    [InlineData("| a = ip(\"x\") or b = 1", "no address")]
    [InlineData("| json a=\"b..c\"", "JSON path")]
    [InlineData("| json a=\"b[x]\"", "JSON path")]
    [InlineData("| json a=\"\"", "JSON path")]
    [InlineData("| logfmt a=\"b.c\"", "one key")]
    [InlineData("| label_format a=b, a=c", "twice")]
    [InlineData("| label_format __error__=\"\"", "cannot be formatted")]
    [InlineData("| label_format a=\"{{.b\"", "the template of the label a")]
    public void Check_WhatLokiRefusesWhenItRuns_IsFoundWithItsPlace(string stage, string message)
    {
        var text = $"{{x=\"y\"}} {stage}";
        var problem = Assert.Single(LogQlStageChecks.Check(LogQlParser.Parse(text)));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.InRange(problem.Span.Start, 8, text.Length - 1);
    }

    [Fact]
    public void Check_GoodStages_NothingIsFound() => Assert.Empty(LogQlStageChecks.Check(LogQlParser.Parse(
        "count_over_time({x=\"y\"} |~ \"a.*\" |> \"<_> x\" |= ip(\"10.0.0.1-10.0.0.9\") or ip(\"fe80::/10\") | json a=\"b.c[0][\\\"d-e\\\"].f\", g=\"[\\\"h\\\"]\""
        + " | logfmt i=\"j\" | label_format a=b, c=\"{{.d}}\" | e != ip(\"::1\") [5m])")));

    private static IReadOnlyList<LogQlProblem> Problems(string template) =>
        LogQlStageChecks.Check(new LogQuery(new StreamSelector([LogQlFactory.Equal("a", "b")]), [new LineFormatStage(template)]));
}
