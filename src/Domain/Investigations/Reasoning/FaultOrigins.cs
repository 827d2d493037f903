using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>A component that is wrong and is not explained by something that it calls.</summary>
internal sealed record FaultOrigin
{
    public required string Component { get; init; }

    /// <summary>Its own errors, as it counts them or as its callers do.</summary>
    public Signal? Errors { get; init; }

    public Signal? Latency { get; init; }

    /// <summary>What callers see of it.</summary>
    public IReadOnlyList<Signal> FromCallers { get; init; } = [];

    public bool IsDown { get; init; }

    public bool IsMeasured { get; init; }

    public double Strength => Math.Max(IsDown ? 1 : 0, Math.Max(Math.Max(Errors?.Strength ?? 0, Latency?.Strength ?? 0), FromCallers.Select(s => s.Strength).DefaultIfEmpty(0).Max() * 0.9));

    public DateTimeOffset? Onset => new[] { Errors?.Onset, Latency?.Onset }.Concat(FromCallers.Select(s => s.Onset)).Where(o => o is not null).Min();
}

/// <summary>
/// Walks from what is wrong down the chain of calls: a component whose calls to another fail or slow down with it is explained by that other one.
/// </summary>
internal static partial class FaultOrigins
{
    /// <summary>Part of a component's own trouble that its calls must show for them to explain it.</summary>
    private const double Explains = 0.35;

    /// <summary>Seconds; time limits of calls are seldom shorter.</summary>
    private const double LeastLimit = 0.25;

    private const int MaxDepth = 8;

    [GeneratedRegex(@"database|^db$|-db$|_db$|^db-|postgres|mysql|mariadb|mongo|redis|memcache|cassandra|elastic|kafka|rabbit|sqlserver|oracle|clickhouse", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Store();

    public static bool IsStore(string component) => Store().IsMatch(component);

    /// <summary>Strongest first.</summary>
    public static IReadOnlyList<FaultOrigin> Find(SignalBoard board)
    {
        var wrong = board.Components.Where(c => OwnTrouble(board, c) > 0 || board.Down.ContainsKey(c) || board.CallsTo(c).Any(s => s.Strength > 0)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. wrong.Where(c => OwnTrouble(board, c) > 0 || board.Down.ContainsKey(c)).SelectMany(c => Deepest(board, c, MaxDepth, [c]))
                .Concat(wrong.Where(c => OwnTrouble(board, c) == 0 && board.CallsTo(c).Any(s => s.Strength >= 0.3)))
                .Distinct(StringComparer.Ordinal)
                .Select(c => Origin(board, c))
                .OrderByDescending(o => o.Strength).ThenBy(o => o.Component, StringComparer.Ordinal),
        ];
    }

    /// <summary>Those that a component calls and that explain its trouble, worst first.</summary>
    public static IReadOnlyList<string> ExplainedBy(SignalBoard board, string component)
    {
        if (board.Down.ContainsKey(component))
        {
            return [];
        }

        var (errors, latency) = (Errors(board, component), Latency(board, component));
        return
        [
            .. board.CallsFrom(component).Where(c => c.Strength > 0 && c.Peer != component)
                .Where(c => c.IsErrors ? ExplainsErrors(board, c, errors, latency) : ExplainsLatency(c, errors, latency))
                .GroupBy(c => c.Peer!, StringComparer.Ordinal)
                .OrderByDescending(g => g.Max(c => c.Strength)).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.Key),
        ];
    }

    public static double OwnTrouble(SignalBoard board, string component) => Math.Max(Errors(board, component)?.Strength ?? 0, Latency(board, component)?.Strength ?? 0);

    public static Signal? Errors(SignalBoard board, string component) => board.Worst(component, Topics.Errors, Topics.DatabaseErrors);

    public static Signal? Latency(SignalBoard board, string component) => board.Worst(component, Topics.Latency, Topics.LatencyMean, Topics.DatabaseLatency);

    private static bool ExplainsErrors(SignalBoard board, Signal call, Signal? errors, Signal? latency) =>
        board.Down.ContainsKey(call.Peer!) || (errors is null ? latency is not null : call.Rise >= Explains * errors.Rise);

    private static bool ExplainsLatency(Signal call, Signal? errors, Signal? latency)
    {
        // Whoever rather fails than being slow is explained by waiting only where the wait ends in failures.
        return errors is not null && errors.Strength >= (latency?.Strength ?? 0)
            ? RunsIntoLimits(call)
            : latency is not null && Seconds(call) >= Explains * Seconds(latency);
    }

    /// <summary>Whether what takes so much longer may run into time limits. On a busy machine everything takes some milliseconds longer, and nothing fails of it.</summary>
    public static bool RunsIntoLimits(Signal slower) => slower.Before is null || (slower.During >= 3 * slower.Before && Seconds(slower) >= LeastLimit);

    private static double Seconds(Signal signal) => signal.Unit == "milliseconds" ? signal.Rise / 1000 : signal.Rise;

    private static IEnumerable<string> Deepest(SignalBoard board, string component, int depth, HashSet<string> seen)
    {
        var next = ExplainedBy(board, component).Where(p => !seen.Contains(p)).ToList();
        return depth == 0 || next.Count == 0 ? [component] : next.SelectMany(p => Deepest(board, p, depth - 1, [.. seen, p]));
    }

    private static FaultOrigin Origin(SignalBoard board, string component) => new()
    {
        Component = component,
        Errors = Errors(board, component),
        Latency = Latency(board, component),
        FromCallers = [.. board.CallsTo(component).Where(s => s.Strength > 0).OrderByDescending(s => s.Strength)],
        IsDown = board.Down.ContainsKey(component),
        IsMeasured = board.Of(component, Topics.Rate, Topics.Errors, Topics.Latency, Topics.LatencyMean, Topics.DatabaseErrors, Topics.DatabaseLatency, Topics.DatabaseRate).Any(),
    };
}
