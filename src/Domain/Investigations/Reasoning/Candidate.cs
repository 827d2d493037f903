using Nightwatch.Domain.Investigations.Writing;

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
