namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>One series of one piece of evidence: what it did, and how unusual that is.</summary>
internal sealed record Signal
{
    public required string EvidenceId { get; init; }

    public required string Topic { get; init; }

    public required string Component { get; init; }

    /// <summary>Whom the component called, for client signals.</summary>
    public string? Peer { get; init; }

    public string? Unit { get; init; }

    public double? Before { get; init; }

    public required double During { get; init; }

    public required double Latest { get; init; }

    public required double Max { get; init; }

    public double Spread { get; init; }

    public DateTimeOffset? Onset { get; init; }

    public double SlopePerHour { get; init; }

    public double Trend { get; init; }

    /// <summary>0 (usual) to 1 (as bad as it gets), as <see cref="SignalJudge"/> says.</summary>
    public double Strength { get; init; }

    public double Rise => During - (Before ?? 0);

    /// <summary>A share of something that failed.</summary>
    public bool IsErrors => Topic is Topics.Errors or Topics.ClientErrors or Topics.DatabaseErrors;

    /// <summary>How long something took.</summary>
    public bool IsLatency => Topic is Topics.Latency or Topics.LatencyMean or Topics.ClientLatency or Topics.DatabaseLatency;
}

/// <summary>How unusual a signal is. Every threshold is here; a change within three times the usual variation is none.</summary>
internal static class SignalJudge
{
    private const double LeastErrors = 0.02;
    private const double LeastSeconds = 0.005;
    private const double LeastGrowth = 16 * 1024 * 1024;

    public static double Strength(Signal signal) => signal.Topic switch
    {
        _ when signal.IsErrors => Errors(signal),
        _ when signal.IsLatency => Latency(signal),
        Topics.Rate or Topics.DatabaseRate => Surge(signal),
        Topics.Memory or Topics.Heap or Topics.ContainerMemory => Memory(signal),
        Topics.HostCpu => Level(signal, 0.9),
        Topics.HostMemory => Level(signal, 0.92),
        Topics.HostDisk => Level(signal, 0.9),
        Topics.Pool => Level(signal, 0.9),
        Topics.Descriptors => Level(signal, 0.8),
        Topics.Throttling => Level(signal, 0.25),
        Topics.Restarts => signal.Before is { } before && signal.Latest > before ? 0.8 : 0,
        _ => 0,
    };

    /// <summary>A fifth more of all requests failing is as bad as it gets. Without a past, only a share that no service lives with counts, and by half.</summary>
    private static double Errors(Signal s)
    {
        if (s.Before is not { } before)
        {
            return s.During >= 0.05 ? 0.5 * Math.Clamp(s.During / 0.2, 0.2, 1) : 0;
        }

        var rise = s.During - before;
        return rise >= LeastErrors && s.During >= 2 * before && rise >= 3 * s.Spread ? Math.Clamp(rise / 0.2, 0.2, 1) : 0;
    }

    /// <summary>Five times as slow is as bad as it gets. Without a past, only a duration that no caller likes to wait for (a second) counts, and by half.</summary>
    private static double Latency(Signal s)
    {
        var second = s.Unit == "milliseconds" ? 1000 : 1;
        var least = LeastSeconds * second;
        if (s.Before is null)
        {
            return s.During >= second ? 0.5 * Math.Clamp(Math.Log2(2 * s.During / second) / Math.Log2(5), 0.2, 1) : 0;
        }

        return s.Before is { } before and > 0 && s.During >= 1.5 * before && s.During - before >= Math.Max(least, 3 * s.Spread)
            ? Math.Clamp(Math.Log2(s.During / before) / Math.Log2(5), 0.2, 1)
            : 0;
    }

    /// <summary>Four times the traffic is as much as it gets.</summary>
    private static double Surge(Signal s) =>
        s.Before is { } before and > 0 && s.During >= 1.6 * before && s.During - before >= Math.Max(0.5, 3 * s.Spread) ? Math.Clamp(Math.Log2(s.During / before) / 2, 0.2, 1) : 0;

    /// <summary>
    /// Memory counts when it climbs steadily (r² of 0.6 and more) by a sixth and 16 MiB at least; doubling is as bad as it gets. Without a past, only a climb
    /// that would double it within a quarter of an hour counts, and by half.
    /// </summary>
    private static double Memory(Signal s)
    {
        if (s.SlopePerHour <= 0 || s.Trend < 0.6)
        {
            return 0;
        }

        if (s.Before is not { } before)
        {
            return s.SlopePerHour >= 4 * s.Latest && s.SlopePerHour >= 4 * LeastGrowth ? 0.5 * s.Trend : 0;
        }

        var grown = s.Latest - before;
        return before > 0 && grown >= Math.Max(LeastGrowth, before / 6) ? Math.Clamp(grown / before, 0.2, 1) * s.Trend : 0;
    }

    /// <summary>Over the level; a level that was there before already counts a quarter.</summary>
    private static double Level(Signal s, double level)
    {
        var most = Math.Max(s.During, s.Latest);
        return most < level ? 0 : Math.Clamp(0.5 + ((most - level) / (1 - level) * 0.5), 0.5, 1) * (s.Before is { } before && most - before > 0.1 ? 1 : 0.25);
    }
}
