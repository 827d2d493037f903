using System.Globalization;

namespace Nightwatch.Domain.Queries.Translation.Language;

/// <summary>How much a concept speaks for an intent: "Intent = concept weight ...". Concepts that are not named say nothing.</summary>
internal static class IntentSignals
{
    private const string Data = """
        Metrics = measure 1 metricName 2.5 metricWords .9 cpu 1 memory 1 disk 1 network 1 latency 1 error .6 request 1 usage 1 average .8 maximum .7 percentile 1 top .8 rate .7 ratio .6 heap 1 gc 1 thread 1 queue 1 lag 1 connection 1 restart 1.4 availability .8 hit 1 evict 1 probe .8 certificate 1 load 1 swap 1 fd 1 goroutine 1 throttle 1 oom 1 free .5 count .4 replica 1 pod .5 inflight 1 user .3 dbsize 1 key 1 transaction 1 query .6 slowquery 1 version .4 saturation 1
        Logs = logs 3 lines 1.2 quoted 2 contains 2 find .5 warninglevel .4 lineCount 3 path .3
        Events = events 2.6 created .5 count .6 level .7
        Health = health 2 availability .3
        Impact = impact 2.6 blast 3 incident .8 which .4 user .8
        Comparison = compare 2.4 baseline .8 twoTargets 1.2 baselineTime 1.5
        Trend = trend 2.2
        Capacity = forecast 3 full .3 horizon 2
        Dashboards = dashboards 4
        Alerts = alerts 2.4 which .3 count .3
        ServiceLevel = slo 3 budget 3 burn 3
        Changes = changes 2.6 version .6
        Diagnosis = why 2.6
        HowTo = howto 3 does .6
        SmallTalk = greeting 1.2 thanks 1.5 self 3
        OutOfScope = off 2.5
        """;

    private static readonly (QuestionIntent Intent, Dictionary<string, double> Weights)[] Table = [.. Data.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>Intents by how much speaks for them, the most first, with the share of the first two as confidence.</summary>
    public static (QuestionIntent Intent, double Confidence) Score(IReadOnlyCollection<string> concepts)
    {
        var scores = Table.Select(row => (row.Intent, Score: concepts.Sum(c => row.Weights.GetValueOrDefault(c)))).ToList();
        // What is measured counts once, however many words say it: a wish decides what is done with it.
        scores = [.. scores.Select(s => s.Intent == QuestionIntent.Metrics ? (s.Intent, Math.Min(s.Score, 1.9)) : s)];
        var best = scores.OrderByDescending(s => s.Score).ToList();
        // A "which" alone asks for nothing.
        return best[0].Score < 0.5 ? (QuestionIntent.OutOfScope, 0) : (best[0].Intent, Math.Round(best[0].Score / (best[0].Score + (0.5 * best[1].Score) + 0.3), 2));
    }

    private static (QuestionIntent Intent, Dictionary<string, double> Weights) Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 2; i + 1 < parts.Length; i += 2)
        {
            weights[parts[i]] = double.Parse(parts[i + 1], CultureInfo.InvariantCulture);
        }

        return (Enum.Parse<QuestionIntent>(parts[0]), weights);
    }
}
