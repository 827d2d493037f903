using Nightwatch.Domain.Queries.PromQl;
using Nightwatch.Domain.Tests.Queries.Syntax;

namespace Nightwatch.Domain.Tests.Queries.PromQl;

/// <summary>The 2.42 dialect against a real promtool 2.42.</summary>
public sealed class PromtoolTests(ITestOutputHelper output)
{
    private const int Seed = 20261121;
    private const int BatchSize = 2000;

    private static readonly int Queries = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 200_000 : 6000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryParse_GeneratedQueries_AgreesWithPromtool()
    {
        var (taken, refused) = (0, 0);
        var wrong = new List<string>();
        for (var begin = 0; begin < Queries; begin += BatchSize)
        {
            var batch = Enumerable.Range(begin, BatchSize).Select(i => new PromQlGenerator(new Random(Seed + i), PromQlDialect.V242).Next()).Where(IsText).ToList();
            var verdicts = await Promtool.JudgeAsync(batch, Stop);
            for (var i = 0; i < batch.Count; i++)
            {
                var ours = PromQlQuery.TryParse(batch[i], PromQlDialect.V242, out _, out var error);
                taken += ours ? 1 : 0;
                refused += ours ? 0 : 1;
                if (ours != verdicts[i] is null)
                {
                    wrong.Add($"promtool: {verdicts[i] ?? "taken"}; ours: {error?.ToString() ?? "taken"}\n{batch[i]}\n");
                }
            }
        }

        output.WriteLine($"{taken} taken, {refused} refused, {wrong.Count} differ");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(30)));
        Assert.True(taken > Queries / 5 && refused > Queries / 5, $"{taken} taken, {refused} refused: the generator measures one side only");
    }

    [Fact]
    public async Task Print_GeneratedQueries_IsTakenByPromtoolAndReadsBack()
    {
        var printed = new List<string>();
        for (var i = 0; printed.Count < BatchSize; i++)
        {
            var query = new PromQlGenerator(new Random(Seed - i), PromQlDialect.V242).Next();
            if (PromQlQuery.TryParse(query, PromQlDialect.V242, out var tree, out _))
            {
                RoundTrip.Check(query, PromQlDialect.V242);
                printed.Add(PromQlQuery.Print(tree));
            }
        }

        var verdicts = await Promtool.JudgeAsync(printed, Stop);
        Assert.Empty(printed.Where((_, i) => verdicts[i] is not null));
    }

    [Fact]
    public async Task TryParse_AwesomePrometheusAlerts_TakesAllThatPromtoolTakes()
    {
        var queries = PromQlCasesTests.Read("awesome_prometheus_alerts.json").Select(c => c.Query).Where(IsText).ToList();
        var verdicts = await Promtool.JudgeAsync(queries, Stop);
        var taken = queries.Where((_, i) => verdicts[i] is null).ToList();
        output.WriteLine($"promtool takes {taken.Count} of {queries.Count}");
        Assert.NotEmpty(taken);
        foreach (var query in taken)
        {
            RoundTrip.Check(query, PromQlDialect.V242);
            RoundTrip.Check(query, PromQlDialect.V3);
        }

        Assert.All(queries.Except(taken), query => Assert.False(PromQlQuery.TryParse(query, PromQlDialect.V242, out _, out _), query));
    }

    [Fact]
    public async Task TryParse_DamagedCases_GetPrometheusVerdictOnTheTextAsItStands()
    {
        var verdicts = await Promtool.JudgeAsync(PromQlCasesTests.Damaged, Stop);
        Assert.Equal(verdicts.Select(v => v is null), PromQlCasesTests.Damaged.Select(d => PromQlQuery.TryParse(d, PromQlDialect.V242, out _, out _)));
        Assert.Equal([false, false, true, true], verdicts.Select(v => v is null));
    }

    [Fact]
    public async Task TryParse_RegularExpressions_AgreesWithGo()
    {
        var queries = Re2SyntaxTests.Patterns.Select(p => $"a{{b=~{Nightwatch.Domain.Queries.Syntax.GoString.Quote(p)}}}").ToList();
        var verdicts = await Promtool.JudgeAsync(queries, Stop);
        Assert.Equal(verdicts.Select(v => v is null), Re2SyntaxTests.Patterns.Select(Re2SyntaxTests.GoTakes.Contains));
    }

    private static bool IsText(string query) => query.Length > 0 && query.EnumerateRunes().All(r => r.Value != 0xFFFD);
}
