using Nightwatch.Domain.Queries.Translation;

namespace Nightwatch.Adapters.Tests.Queries.Translation;

/// <summary>The share of questions that rules alone answer rightly: results on a real Prometheus are compared, not texts.</summary>
public sealed class TranslationMeasureTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Translate_QuestionsOnKnownData_NineOfTenGiveTheExpectedResults()
    {
        var stop = TestContext.Current.CancellationToken;
        var series = BackfilledSeries.Read();
        await using var prometheus = await MeasuredPrometheus.StartAsync(series, stop);
        var context = new TranslationContext { Now = BackfilledSeries.Now, Metrics = series.Catalogue(), Incident = BackfilledSeries.Incident, AlertFiredAt = BackfilledSeries.Incident.Start + TimeSpan.FromMinutes(5) };
        var questions = QuestionFile.Read();
        Understanding? before = null;
        var wrong = new List<string>();
        var refused = new List<string>();
        foreach (var question in questions)
        {
            var translation = QueryTranslator.Translate(question.Text, context with { Previous = question.IsFollowUp ? before : null });
            before = translation.Understanding;
            foreach (var query in translation.Queries.Where(q => q.Language == ProposedQuery.PromQl))
            {
                var (_, error) = await prometheus.AskAsync(query.Text, query.Window.Start, query.Window.End, query.Step, stop);
                refused.AddRange(error is null ? [] : [$"{question.Text}: {query.Text}: {error}"]);
            }

            if (!await IsRightAsync(question, translation, prometheus, stop))
            {
                wrong.Add($"{question.Text}\n   {translation.Understanding.Intent} {string.Join("\n   ", translation.Queries.Take(4).Select(q => $"{q.Text} [{(q.Step is null ? "" : $"{q.Window.Start:o} ")}{q.Window.End:o} {q.Step}] {q.Why}"))} {translation.Remark}");
            }
        }

        output.WriteLine($"{questions.Count - wrong.Count} of {questions.Count} right. Wrong:\n{string.Join('\n', wrong)}");
        Assert.Empty(refused);
        Assert.True(questions.Count >= 200);
        Assert.True(wrong.Count <= questions.Count / 10, string.Join('\n', wrong));
    }

    private static async Task<bool> IsRightAsync(MeasuredQuestion question, Domain.Queries.Translation.Translation translation, MeasuredPrometheus prometheus, CancellationToken cancellationToken)
    {
        if (question.Intent is { } intent)
        {
            return translation.Understanding.Intent.ToString() == intent && translation.Queries.Count == 0 && translation.Remark is not null;
        }

        if (question.Choice is { } choice)
        {
            return translation.Queries.Count == 0 && translation.Choices.Any(c => c.Label == choice);
        }

        if (translation.Queries.Count == 0 || !await prometheus.IsSameAsync(question.Queries[0], translation.Queries[0], cancellationToken))
        {
            return false;
        }

        foreach (var expected in question.Queries.Skip(1))
        {
            var found = false;
            foreach (var query in translation.Queries)
            {
                found = found || await prometheus.IsSameAsync(expected, query, cancellationToken);
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }
}
