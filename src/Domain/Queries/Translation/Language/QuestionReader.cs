using Nightwatch.Domain.Queries.Translation.Time;

namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>Turns a question into an <see cref="Understanding"/>: times first, then numbers, names and concepts, each from the words that are left.</summary>
internal static class QuestionReader
{
    public static Understanding Read(string question, TranslationContext context)
    {
        var tokens = QuestionTokenizer.Read(question);
        var taken = new bool[tokens.Count];
        var times = TimeReader.Read(tokens, taken, new TimeSettings(context.Now, context.TimeZone, context.Incident, context.AlertFiredAt));
        var numbers = new StatisticReader(tokens, taken).Read();
        var entities = new EntityReader(tokens, taken, context).Read();
        var hits = Lexicon.English.Find(tokens, taken);
        var groups = GroupReader.Read(tokens, taken, numbers.Top is not null || hits.Any(h => h.Concept is "top" or "bottom"));
        var signals = Signals(hits, times, numbers, entities, Words(tokens, taken, hits), context);
        var (intent, confidence) = IntentSignals.Score(signals);
        var main = times.References.FirstOrDefault(t => !t.IsBaseline);
        var understanding = new Understanding
        {
            Question = question.Length > QuestionTokenizer.MaxLength ? question[..QuestionTokenizer.MaxLength] : question,
            Intent = intent,
            IntentConfidence = confidence,
            Measures = Measures(hits, numbers),
            Subjects = Of(hits, ConceptKind.Subject),
            Wishes = [.. Of(hits, ConceptKind.Speech), .. groups.Where(g => g.StartsWith("per_", StringComparison.Ordinal))],
            Entities = entities.Entities,
            Time = main,
            Baseline = times.References.FirstOrDefault(t => t.IsBaseline) ?? Second(times.References, main, hits),
            Horizon = times.Horizon,
            Statistic = IsSuperlative(hits) ? Statistic.None : StatisticOf(hits, numbers),
            Quantile = numbers.Quantile,
            Threshold = numbers.Threshold,
            Top = numbers.Top ?? (hits.Any(h => h.Concept is "top" or "bottom") || IsSuperlative(hits) ? 1 : null),
            Bottom = numbers.Bottom || hits.Any(h => h.Concept == "bottom") || (IsSuperlative(hits) && StatisticOf(hits, numbers) == Statistic.Minimum),
            GroupBy = [.. groups.Where(g => !g.StartsWith("per_", StringComparison.Ordinal))],
            Texts = entities.Texts,
            Lines = numbers.Lines,
            LogLevel = LevelOf(hits, tokens),
            Words = Words(tokens, taken, hits),
            Identifiers = [.. tokens.Where((t, i) => !taken[i] && (t.Kind is TokenKind.Path || (t.Kind is TokenKind.Name && (t.Text.Any(char.IsUpper) || t.Text.Contains('-', StringComparison.Ordinal) || t.Text.Contains('_', StringComparison.Ordinal))))).Select(t => t.Text).Distinct()],
            Corrections = [.. hits.Where(h => h.Slip is not null).Select(h => $"{tokens[h.First].Text} → {h.Slip}").Distinct()],
        };
        return FollowUps.Complete(understanding, tokens, context.Previous);
    }

    private static List<string> Signals(
        IReadOnlyList<ConceptHit> hits, TimesRead times, NumbersRead numbers, EntitiesRead entities, List<string> words, TranslationContext context)
    {
        var signals = hits.Select(h => h.Concept).Distinct().ToList();
        AddIf(signals, "measure", hits.Any(h => h.Kind == ConceptKind.Measure && h.Concept is not ("user" or "version")));
        AddIf(signals, "quoted", entities.Texts.Count > 0);
        AddIf(signals, "lineCount", numbers.Lines is not null);
        AddIf(signals, "metricName", words.Any(w => context.Metrics.Find(w) is not null));
        AddIf(signals, "metricWords", words.Count > 0 && words.Count(w => context.Metrics.Index.Has(WordStem.Of(w))) * 2 >= words.Count);
        AddIf(signals, "horizon", times.Horizon is not null);
        AddIf(signals, "percentile", numbers.Quantile is not null);
        AddIf(signals, "top", numbers.Top is not null);
        AddIf(signals, "baselineTime", times.References.Any(t => t.IsBaseline));
        AddIf(signals, "twoTargets", entities.Entities.GroupBy(e => e.Kind).Any(g => g.Count() > 1) && signals.Contains("compare"));
        return signals;
    }

    private static void AddIf(List<string> signals, string signal, bool given)
    {
        if (given)
        {
            signals.Add(signal);
        }
    }

    private static TimeReference? Second(IReadOnlyList<TimeReference> times, TimeReference? main, IReadOnlyList<ConceptHit> hits) =>
        hits.Any(h => h.Concept == "compare") ? times.FirstOrDefault(t => t != main) : null;

    // "Which service has the highest error rate": the first of a ranking, not the peak of a curve.
    private static bool IsSuperlative(IReadOnlyList<ConceptHit> hits) => hits.Any(h => h.Concept == "which") && hits.Any(h => h.Concept is "maximum" or "minimum");

    // A percentile of requests or queries is one of how long they took.
    private static List<string> Measures(IReadOnlyList<ConceptHit> hits, NumbersRead numbers)
    {
        var measures = Of(hits, ConceptKind.Measure);
        return numbers.Quantile is not null && measures.TrueForAll(m => m is "request" or "query") ? [.. measures, "latency"] : measures;
    }

    private static List<string> Of(IReadOnlyList<ConceptHit> hits, ConceptKind kind) => [.. hits.Where(h => h.Kind == kind).Select(h => h.Concept).Distinct()];

    private static Statistic StatisticOf(IReadOnlyList<ConceptHit> hits, NumbersRead numbers)
    {
        if (numbers.Quantile is not null)
        {
            return Statistic.Quantile;
        }

        foreach (var hit in hits)
        {
            var statistic = hit.Concept switch
            {
                "average" => Statistic.Average,
                "maximum" => Statistic.Maximum,
                "minimum" => Statistic.Minimum,
                "sum" => Statistic.Sum,
                "count" => Statistic.Count,
                "median" or "percentile" => Statistic.Quantile,
                "stddev" => Statistic.StandardDeviation,
                _ => Statistic.None,
            };
            if (statistic != Statistic.None)
            {
                return statistic;
            }
        }

        return Statistic.None;
    }

    private static string? LevelOf(IReadOnlyList<ConceptHit> hits, IReadOnlyList<QuestionToken> tokens) =>
        tokens.Any(t => t.IsAny("debug", "trace") && t.Kind == TokenKind.Word) ? tokens.First(t => t.IsAny("debug", "trace")).Lower
            : tokens.Any(t => t.IsAny("fatal", "critical")) ? "fatal"
            : tokens.Where((t, i) => t.IsAny("error", "errors", "erorr", "erorrs", "errros") && (i == 0 || tokens[i - 1].Kind != TokenKind.Quoted)).Any() ? "error"
            : hits.Any(h => h.Concept == "warninglevel") ? "warn"
            : tokens.Any(t => t.IsAny("info") && t.Kind == TokenKind.Word) ? "info" : null;

    /// <summary>What could be a part of a metric's name or of a log line.</summary>
    private static List<string> Words(IReadOnlyList<QuestionToken> tokens, bool[] taken, IReadOnlyList<ConceptHit> hits)
    {
        var speech = hits.Where(h => h.Kind == ConceptKind.Speech && h.Concept is not ("free" or "full" or "capacity" or "usage" or "created")).SelectMany(h => Enumerable.Range(h.First, h.Length)).ToHashSet();
        var slips = hits.Where(h => h.Slip is not null).ToLookup(h => h.First, h => h.Slip!);
        return [.. tokens.Select((t, i) => (Token: t, At: i))
            .Where(t => !taken[t.At] && !speech.Contains(t.At) && t.Token.Kind is TokenKind.Word or TokenKind.Name or TokenKind.Path && !Lexicon.English.IsPlain(t.Token))
            .Select(t => slips[t.At].FirstOrDefault() ?? t.Token.Lower).Distinct()];
    }
}
