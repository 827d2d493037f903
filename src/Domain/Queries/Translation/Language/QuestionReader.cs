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
        var timed = taken.ToArray();
        var entities = new EntityReader(tokens, taken, context).Read();
        bool[] named = [.. taken.Zip(timed, (now, before) => now && !before)];
        var hits = Concepts(tokens, taken, numbers, times.References.Count > 0);
        var ranked = numbers.Top is not null || hits.Any(h => h.Concept is "top" or "bottom") || IsSuperlative(hits) || tokens.Any(IsExtreme) || numbers.Threshold is not null || tokens.Any(t => t.IsAny("sort", "sorted", "rank", "ranked", "ordered"));
        var groups = GroupReader.Read(tokens, taken, named, ranked, context.Metrics.Names.Labels);
        var superlative = IsSuperlative(hits) || (tokens.Any(IsExtreme) && groups.Ranked);
        var words = Words(tokens, taken, hits);
        var signals = Signals(tokens, hits, times, numbers, entities, words, context);
        var (intent, confidence) = IntentSignals.Score(signals);
        var main = times.References.FirstOrDefault(t => !t.IsBaseline);
        var understanding = new Understanding
        {
            Question = question.Length > QuestionTokenizer.MaxLength ? question[..QuestionTokenizer.MaxLength] : question,
            Intent = intent,
            IntentConfidence = confidence,
            Measures = Measures(tokens, hits, numbers, entities.Entities.Any(e => e.Kind == EntityKinds.Called), words, context),
            Subjects = Of(hits, ConceptKind.Subject),
            Wishes = [.. Of(hits, ConceptKind.Speech), .. groups.Labels.Where(g => g.StartsWith("per_", StringComparison.Ordinal))],
            Entities = entities.Entities,
            Time = main,
            Baseline = times.References.FirstOrDefault(t => t.IsBaseline) ?? Second(times.References, main, hits),
            Horizon = times.Horizon,
            Statistic = superlative ? Statistic.None : StatisticOf(hits, numbers, tokens),
            Quantile = numbers.Quantile,
            MoreQuantiles = [.. numbers.Quantiles.Skip(1).Take(4)],
            Listed = Listed(hits, tokens),
            StatusCode = numbers.StatusCode,
            Threshold = numbers.Threshold,
            Top = numbers.Top ?? (hits.Any(h => h.Concept is "top" or "bottom") || superlative ? 1 : null),
            Bottom = numbers.Bottom || hits.Any(h => h.Concept == "bottom") || (superlative && StatisticOf(hits, numbers, tokens) == Statistic.Minimum),
            GroupBy = [.. groups.Labels.Where(g => !g.StartsWith("per_", StringComparison.Ordinal))],
            Texts = entities.Texts,
            Lines = numbers.Lines,
            LogLevel = LevelOf(hits, tokens),
            Words = [.. words, .. numbers.StatusCode is ['1' or '2' or '3', ..] code ? [code] : Array.Empty<string>()],
            Identifiers = [.. tokens.Where((t, i) => !taken[i] && (t.Kind is TokenKind.Path || (t.Kind is TokenKind.Name && (t.Text.Any(char.IsUpper) || t.Text.Contains('-', StringComparison.Ordinal) || t.Text.Contains('_', StringComparison.Ordinal))))).Select(t => t.Text).Distinct()],
            Corrections = [.. hits.Where(h => h.Slip is not null).Select(h => $"{tokens[h.First].Text} → {h.Slip}").Distinct()],
        };
        return FollowUps.Complete(understanding, tokens, context.Previous);
    }

    private static List<string> Signals(
        IReadOnlyList<QuestionToken> tokens, IReadOnlyList<ConceptHit> hits, TimesRead times, NumbersRead numbers, EntitiesRead entities, List<string> words, TranslationContext context)
    {
        var signals = hits.Select(h => h.Concept).Distinct().ToList();
        AddIf(signals, "compare", !signals.Contains("compare") && (times.References.Any(t => t.IsBaseline) || signals.Contains("baseline")) && tokens.Any(t => t.IsAny("than")) || times.References.Any(t => t.IsNeighbour));
        AddIf(signals, "impact", !signals.Contains("impact") && times.References.Any(t => t.IsIncident) && tokens.Any(t => t.IsAny("hit", "touched", "down")) && tokens.Count > 0 && tokens[0].IsAny("was", "were", "did", "which", "what"));
        AddIf(signals, "metricName", signals.Contains("full") && words.Any(w => w[0] == '/'));
        if (signals.Contains("changes") && hits.Any(h => h.Kind == ConceptKind.Measure && h.Concept is "latency" or "error" or "request" or "cpu" or "memory" or "disk" or "network"))
        {
            // "How did latency change": not what was changed.
            signals.Remove("changes");
            signals.AddRange(["compare", "baseline"]);
        }

        AddIf(signals, "measure", hits.Any(h => h.Kind == ConceptKind.Measure && h.Concept is not ("user" or "version")));
        AddIf(signals, "quoted", entities.Texts.Count > 0);
        AddIf(signals, "lineCount", numbers.Lines is not null);
        AddIf(signals, "metricName", words.Any(w => context.Metrics.Find(w) is not null));
        AddIf(signals, "metricWords", words.Count > 0 && words.Any(w => context.Metrics.Index.Has(WordStem.Of(w))) && words.Count(w => IsOfSource(w, context)) * 2 >= words.Count);
        AddIf(signals, "horizon", times.Horizon is not null);
        AddIf(signals, "percentile", numbers.Quantile is not null);
        AddIf(signals, "top", numbers.Top is not null);
        AddIf(signals, "baselineTime", times.References.Any(t => t.IsBaseline));
        AddIf(signals, "twoTargets", entities.Entities.GroupBy(e => e.Kind).Any(g => g.Count() > 1) && signals.Contains("compare"));
        return signals;
    }

    private static bool IsOfSource(string word, TranslationContext context) =>
        context.Metrics.Index.Has(WordStem.Of(word)) || context.Metrics.Names.Labels.Contains(word) || context.Metrics.Names.Find(word).Count > 0;

    private static List<ConceptHit> Concepts(IReadOnlyList<QuestionToken> tokens, bool[] taken, NumbersRead numbers, bool times)
    {
        // "Requests by status" asks for no health; "502s" are errors.
        var hits = Lexicon.English.Find(tokens, taken).Where(h => h.Concept != "health" || h.First == 0 || !tokens[h.First].IsAny("status", "statuses") || !(tokens[h.First - 1].IsAny("by", "per", "and", "with") || numbers.StatusCode is not null)).ToList();
        if (tokens.Count > 2 && tokens[0].IsAny("when", "since") && tokens.Any(t => t.IsAny("start", "started", "boot", "booted")) && !times)
        {
            hits.Add(new ConceptHit("age", ConceptKind.Measure, 0, 1, null));
        }

        if (numbers.StatusCode is ['4' or '5', ..] code && !hits.Any(h => h.Concept is "error" or "clienterror"))
        {
            var at = tokens.ToList().FindIndex(t => t.Lower.StartsWith(code, StringComparison.Ordinal));
            hits.Add(new ConceptHit(code[0] == '4' ? "clienterror" : "error", ConceptKind.Measure, Math.Max(0, at), 1, null));
        }

        return hits;
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
    private static List<string> Measures(IReadOnlyList<QuestionToken> tokens, IReadOnlyList<ConceptHit> hits, NumbersRead numbers, bool called, List<string> words, TranslationContext context)
    {
        var full = hits.Any(h => h.Concept is "full" or "free" or "usage" or "capacity");
        var measures = Of(hits, ConceptKind.Measure);
        if (called && !measures.Contains("dependency"))
        {
            measures.Add("dependency");
        }

        // "Was frontend available all day" asks for no free space.
        if (measures.Count == 0 && tokens.Count > 0 && tokens[0].IsAny("is", "was", "were", "are", "has") && tokens.Any(t => t.Is("available")))
        {
            measures.Add("availability");
        }

        // "How full is /var" means the disk that is mounted there.
        if (measures.Count == 0 && full && words.Any(w => context.Metrics.Names.Find(w).Any(p => p.Label == "mountpoint")))
        {
            measures.Add("disk");
        }

        return numbers.Quantile is not null && measures.TrueForAll(m => m is "request" or "query") ? [.. measures, "latency"] : measures;
    }

    private static List<string> Of(IReadOnlyList<ConceptHit> hits, ConceptKind kind) => [.. hits.Where(h => h.Kind == kind).Select(h => h.Concept).Distinct()];

    // "Highest" of things is the first of a ranking; "peak" and "maximum" are of a curve.
    private static bool IsExtreme(QuestionToken token) => token.IsAny("highest", "lowest", "largest", "smallest", "biggest", "worst", "least", "most", "greatest");

    /// <summary>Measures with nothing but commas and "and" between them.</summary>
    private static List<string> Listed(IReadOnlyList<ConceptHit> hits, IReadOnlyList<QuestionToken> tokens)
    {
        var listed = new List<string>();
        var measured = hits.Where(h => h.Kind == ConceptKind.Measure).GroupBy(h => h.First).Select(g => g.First()).OrderBy(h => h.First).ToList();
        for (var i = 1; i < measured.Count; i++)
        {
            var between = tokens.Skip(measured[i - 1].First + measured[i - 1].Length).Take(measured[i].First - measured[i - 1].First - measured[i - 1].Length).ToList();
            var joined = between.Count is > 0 and < 4 && between.Any(t => t.IsAny(",", "and", "&")) && between.TrueForAll(t => t.IsAny(",", "and", "&", "usage", "the", "use"));
            if (joined && measured[i].Concept != measured[i - 1].Concept)
            {
                listed.AddRange([measured[i - 1].Concept, measured[i].Concept]);
            }
        }

        return [.. listed.Distinct()];
    }

    private static Statistic StatisticOf(IReadOnlyList<ConceptHit> hits, NumbersRead numbers, IReadOnlyList<QuestionToken> tokens)
    {
        if (numbers.Quantile is not null)
        {
            return Statistic.Quantile;
        }

        if (hits.Any(h => h is { Kind: ConceptKind.Measure, Concept: "request" or "error" or "restart" or "message" or "success" or "oom" or "lag" } && h.First > 0 && tokens[h.First - 1].Is("total")))
        {
            return Statistic.Sum;
        }

        // "Show all logins where the number of retries ...": what stands behind "where" is a condition.
        var where = tokens.ToList().FindIndex(t => t.Is("where"));
        foreach (var hit in hits.Where(h => where <= 0 || h.First < where))
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
            .Where(t => !taken[t.At] && (!speech.Contains(t.At) || EntityReader.IsMethod(t.Token)) && t.Token.Kind is TokenKind.Word or TokenKind.Name or TokenKind.Path && (!Lexicon.English.IsPlain(t.Token) || EntityReader.IsMethod(t.Token)))
            .Select(t => slips[t.At].FirstOrDefault() ?? t.Token.Lower).Distinct()];
    }
}
