using Nightwatch.Domain.Investigations.Writing;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>One kind of cause that knows how to look for itself. Pure.</summary>
internal interface IHypothesisSource
{
    IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins);
}

/// <summary>
/// A possible cause while its evidence is collected. Weights are log-odds: e to the weight is how many times more probable the evidence makes the cause
/// than something else. <see cref="Prior"/> is what is assumed before any evidence.
/// </summary>
internal sealed class Candidate(string cause, string component, double prior)
{
    private readonly List<EvidencePoint> supporting = [];
    private readonly List<EvidencePoint> opposing = [];

    public string Cause { get; } = cause;

    public string Component { get; } = component;

    public double Prior { get; } = prior;

    /// <summary>In plain words, the component first, with numbers of the evidence.</summary>
    public string Statement { get; set; } = "";

    public IReadOnlyList<EvidencePoint> For => supporting;

    public IReadOnlyList<EvidencePoint> Against => opposing;

    public double Score => Prior + supporting.Sum(p => p.Weight) - opposing.Sum(p => p.Weight);

    public Candidate Supported(string? evidenceId, string statement, double weight)
    {
        if (evidenceId is not null && weight > 0)
        {
            supporting.Add(new EvidencePoint(evidenceId, statement, Math.Round(weight, 3)));
        }

        return this;
    }

    public Candidate Opposed(string? evidenceId, string statement, double weight)
    {
        if (evidenceId is not null && weight > 0)
        {
            opposing.Add(new EvidencePoint(evidenceId, statement, Math.Round(weight, 3)));
        }

        return this;
    }

    public Candidate Supported(Signal? signal, double weight) => signal is null ? this : Supported(signal.EvidenceId, Words.Of(signal), weight * signal.Strength);
}

/// <summary>Sentences about signals; each number in them is a fact of the evidence.</summary>
internal static class Words
{
    public static string Of(Signal signal) =>
        (signal.Peer is null ? signal.Component : $"calls from {signal.Component} to {signal.Peer}") + ": " + Movement(signal);

    /// <summary>The same in a sentence about <paramref name="component"/>, which need not be named again.</summary>
    public static string Of(Signal signal, string component) => signal.Peer is null && signal.Component == component ? Movement(signal) : Of(signal);

    private static string Movement(Signal signal)
    {
        var level = signal.Unit == "bytes" ? signal.Latest : signal.During;
        var moved = signal.Before is { } before
            ? $"from {Numbers.Write(before, signal.Unit)} to {Numbers.Write(level, signal.Unit)}"
            : $"at {Numbers.Write(level, signal.Unit)}";
        return $"{Quantity(signal.Topic)} {moved}{(signal.Onset is { } onset ? $" since {Numbers.Clock(onset)}" : "")}";
    }

    public static string Quantity(string topic) => topic switch
    {
        Topics.Errors or Topics.ClientErrors => "share of failed requests",
        Topics.DatabaseErrors => "share of failed queries",
        Topics.Latency or Topics.ClientLatency => "95th percentile of duration",
        Topics.LatencyMean => "mean duration",
        Topics.DatabaseLatency => "95th percentile of query duration",
        Topics.Rate or Topics.ClientRate => "requests",
        Topics.DatabaseRate => "queries",
        Topics.Memory or Topics.ContainerMemory => "memory",
        Topics.Heap => "managed heap",
        Topics.Pool => "share of the pool in use",
        Topics.Descriptors => "share of file descriptors in use",
        Topics.Throttling => "share of throttled periods",
        Topics.HostCpu => "processor in use",
        Topics.HostMemory => "memory in use",
        Topics.HostDisk => "fullest file system",
        Topics.Restarts => "restarts",
        _ => "value",
    };

    public static string Chain(IReadOnlyList<string>? path) => path is { Count: > 1 } ? $" ({string.Join(" -> ", path)})" : "";
}

/// <summary>Points that several specialists weigh the same way.</summary>
internal static class CommonPoints
{
    /// <summary>How the component lies to what alerted: itself, behind it in the chain of calls, or apart from it.</summary>
    public static Candidate WeighPlace(this Candidate candidate, SignalBoard board)
    {
        if (board.Subject.AlertedServices.Count == 0)
        {
            return candidate;
        }

        if (board.Subject.AlertedServices.Contains(candidate.Component))
        {
            return candidate.Supported(EvidenceOf(board, candidate.Component), $"{candidate.Component} is what the alert is about", 0.6);
        }

        var path = board.PathTo(candidate.Component);
        var calls = board.CallsTo(candidate.Component).FirstOrDefault()?.EvidenceId;
        return path is not null
            ? candidate.Supported(calls, $"what alerted depends on {candidate.Component}{Words.Chain(path)}", 0.6)
            : board.Calls.Count > 0
                ? candidate.Opposed(board.Signals.FirstOrDefault(s => s.Peer is not null)?.EvidenceId, $"no call from what alerted to {candidate.Component} is known", 2.5)
                : candidate;
    }

    /// <summary>Its own calls to others being usual puts the fault inside; being bad puts it outside.</summary>
    public static Candidate WeighCalls(this Candidate candidate, SignalBoard board)
    {
        var explained = FaultOrigins.ExplainedBy(board, candidate.Component);
        if (explained.Count > 0)
        {
            var worst = board.CallsFrom(candidate.Component).Where(c => c.Peer == explained[0]).MaxBy(c => c.Strength)!;
            return candidate.Opposed(worst.EvidenceId, $"its trouble is explained by {explained[0]}: {Words.Of(worst)}", 3);
        }

        var usual = board.CallsFrom(candidate.Component).FirstOrDefault(c => c.Strength == 0);
        return usual is null ? candidate : candidate.Supported(usual.EvidenceId, $"its own calls are as usual: {Words.Of(usual)}", 0.8);
    }

    /// <summary>The deployment of the component that best fits an onset, with how well it fits (0 to 1).</summary>
    public static (ChangeMark Change, double Fit)? ChangeBefore(SignalBoard board, string component, DateTimeOffset? onset)
    {
        var at = onset ?? board.Subject.StartsAt;
        return board.Changes.Where(c => c.Component == component && c.Kind is "deployment" or "restart" or "creation" or "annotation" && c.Component == component)
            .Select(c => (Change: c, Fit: Fit(c, at) * Weight(board, c)))
            .Where(c => c.Fit > 0.02)
            .OrderByDescending(c => c.Fit).ThenByDescending(c => c.Change.At)
            .Select(c => ((ChangeMark, double)?)c)
            .FirstOrDefault();
    }

    /// <summary>
    /// Whole up to half a minute before the onset; a minute after it still counts, since onsets are estimates. After that the longer the component was well
    /// with the change the less: to a third every six minutes for a new version (a slow rollout, a cache that runs out), every half minute for a restart,
    /// which shows at once.
    /// </summary>
    private static double Fit(ChangeMark change, DateTimeOffset onset)
    {
        var seconds = (onset - change.At).TotalSeconds;
        var decay = change.Kind is "deployment" or "annotation" ? 360 : 30;
        return seconds switch
        {
            < -90 => 0,
            < -30 => 0.6,
            <= 30 => 1,
            <= 1800 => Math.Exp(-(seconds - 30) / decay),
            _ => 0,
        };
    }

    /// <summary>A new version says most. A start at which most of the system started too says next to nothing.</summary>
    private static double Weight(SignalBoard board, ChangeMark change)
    {
        var kind = change.Kind switch { "deployment" => 1, "annotation" => 0.8, "restart" => 0.5, _ => 0.25 };
        var together = board.Changes.Where(c => c.Kind == change.Kind && Math.Abs((c.At - change.At).TotalSeconds) <= 20).Select(c => c.Component).Distinct().Count();
        return together >= 3 && together * 2 > board.Components.Count ? kind * 0.2 : kind;
    }

    public static string? EvidenceOf(SignalBoard board, string component) =>
        (board.Signals.Where(s => s.Component == component && s.Peer is null).MaxBy(s => s.Strength) ?? board.Signals.FirstOrDefault(s => s.Peer == component))?.EvidenceId
        ?? board.Evidence.FirstOrDefault(e => e.Topic == Topics.AlertExpression && e.Status == ToolStatus.Success)?.Id;
}
