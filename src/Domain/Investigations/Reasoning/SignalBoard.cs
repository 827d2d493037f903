using System.Net;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Queries;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>A change that somebody or something made, and to what.</summary>
internal sealed record ChangeMark(string EvidenceId, string Kind, string Component, DateTimeOffset At, string Text);

/// <summary>Everything that the evidence says, sorted by component, for the specialists to look at. Pure; made anew from the evidence.</summary>
internal sealed class SignalBoard
{
    private SignalBoard(InvestigationSubject subject, IReadOnlyList<Evidence> evidence)
    {
        Subject = subject;
        Evidence = evidence;
        Expression = AlertExpression.Read(subject.Expression);
    }

    public InvestigationSubject Subject { get; }

    public IReadOnlyList<Evidence> Evidence { get; }

    public AlertExpression? Expression { get; }

    public IReadOnlyList<Signal> Signals { get; private set; } = [];

    public IReadOnlyList<ChangeMark> Changes { get; private set; } = [];

    /// <summary>Components whose targets do not answer now, with the evidence that says so.</summary>
    public IReadOnlyDictionary<string, string> Down { get; private set; } = new Dictionary<string, string>();

    public IReadOnlySet<string> Components { get; private set; } = new HashSet<string>();

    /// <summary>Who calls whom, from signals of calls (usual ones too).</summary>
    public ILookup<string, string> Calls { get; private set; } = Array.Empty<string>().ToLookup(s => s);

    public static SignalBoard Read(InvestigationSubject subject, IReadOnlyList<Evidence> evidence)
    {
        var board = new SignalBoard(subject, evidence);
        var instances = Instances(evidence, subject);
        var raw = evidence.Where(e => e.Status == ToolStatus.Success && (e.Tool == "query_metrics_range")).SelectMany(e => SignalsOf(e, subject, instances)).ToList();
        var servers = raw.Where(s => s.Topic is Topics.Rate or Topics.Errors or Topics.Latency or Topics.LatencyMean).Select(s => s.Component).ToHashSet(StringComparer.Ordinal);
        board.Signals = [.. raw.Select(s => Place(s, servers)).Select(s => s with { Strength = SignalJudge.Strength(s) })];
        board.Changes = [.. evidence.Where(e => e.Topic == Topics.Change).SelectMany(e => e.Items.Select(i => Mark(e, i, subject, instances))).OfType<ChangeMark>().DistinctBy(c => (c.Kind, c.Component, c.At, c.Text))];
        board.Down = DownOf(board.Signals);
        board.Components = raw.Where(s => s.Topic != Topics.Scrape && !s.Topic.StartsWith("host.", StringComparison.Ordinal)).Select(s => s.Component).Concat(board.Signals.Select(s => s.Peer).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        board.Calls = board.Signals.Where(s => s.Peer is not null).Select(s => (s.Component, Peer: s.Peer!)).Where(c => c.Component != c.Peer).Distinct().ToLookup(c => c.Component, c => c.Peer, StringComparer.Ordinal);
        return board;
    }

    public IEnumerable<Signal> Of(string component, params string[] topics) => Signals.Where(s => s.Component == component && s.Peer is null && topics.Contains(s.Topic));

    public IEnumerable<Signal> CallsTo(string peer) => Signals.Where(s => s.Peer == peer && s.Topic != Topics.ClientRate);

    public IEnumerable<Signal> CallsFrom(string component) => Signals.Where(s => s.Component == component && s.Peer is not null && s.Topic != Topics.ClientRate);

    public Signal? Worst(string component, params string[] topics) => Of(component, topics).Where(s => s.Strength > 0).MaxBy(s => s.Strength);

    public Evidence? First(string topic) => Evidence.FirstOrDefault(e => e.Topic == topic);

    /// <summary>The chain of calls from the subject (or another alerted service) to a component, both included; null when none is known.</summary>
    public IReadOnlyList<string>? PathTo(string component)
    {
        foreach (var start in Subject.AlertedServices)
        {
            var queue = new Queue<IReadOnlyList<string>>([[start]]);
            var seen = new HashSet<string>(StringComparer.Ordinal) { start };
            while (queue.TryDequeue(out var path))
            {
                if (path[^1] == component)
                {
                    return path;
                }

                foreach (var next in Calls[path[^1]].Where(n => path.Count < 8 && seen.Add(n)))
                {
                    queue.Enqueue([.. path, next]);
                }
            }
        }

        return null;
    }

    private static IEnumerable<Signal> SignalsOf(Evidence evidence, InvestigationSubject subject, Dictionary<string, string> instances) => evidence.Facts
        .GroupBy(f => Key(f.Labels), StringComparer.Ordinal)
        .Select(g =>
        {
            var labels = g.First().Labels ?? new Dictionary<string, string>();
            double? Value(string name) => g.FirstOrDefault(f => f.Name == name)?.Value;
            var component = ServiceLabels.ComponentOf(labels, subject.ServiceLabel) ?? ComponentByInstance(evidence, labels, instances);
            return new Signal
            {
                EvidenceId = evidence.Id,
                Topic = evidence.Topic,
                Component = component ?? evidence.Component ?? labels.GetValueOrDefault("instance") ?? subject.Service ?? subject.AlertName,
                Peer = IsCall(evidence.Topic) && ServiceLabels.PeerOf(labels.Where(l => l.Value != component || l.Key.StartsWith("peer", StringComparison.Ordinal)).ToDictionary()) is { } peer ? PeerName(peer, instances) : null,
                Unit = g.FirstOrDefault(f => f.Name == "during")?.Unit,
                Before = Value("before"),
                During = Value("during") ?? Value("latest") ?? 0,
                Latest = Value("latest") ?? 0,
                Max = Value("max") ?? 0,
                Spread = Value("spread") ?? 0,
                Onset = g.FirstOrDefault(f => f.Name == "onset")?.At,
                SlopePerHour = Value("slope_per_hour") ?? 0,
                Trend = Value("trend") ?? 0,
            };
        });

    private static bool IsCall(string topic) => topic.StartsWith("client.", StringComparison.Ordinal) || topic.StartsWith("db.", StringComparison.Ordinal);

    /// <summary>
    /// Queries that name no store are the store's own view when whoever counts them serves no requests of another kind; otherwise they are calls to a store.
    /// </summary>
    private static Signal Place(Signal signal, HashSet<string> servers)
    {
        if (!signal.Topic.StartsWith("db.", StringComparison.Ordinal) || (signal.Peer is not null && signal.Peer != signal.Component))
        {
            return signal;
        }

        return servers.Contains(signal.Component) && !FaultOrigins.IsStore(signal.Component)
            ? signal with { Peer = servers.FirstOrDefault(FaultOrigins.IsStore) ?? "database" }
            : signal with { Peer = null };
    }

    private static string? ComponentByInstance(Evidence evidence, IReadOnlyDictionary<string, string> labels, Dictionary<string, string> instances) =>
        evidence.Topic.StartsWith("host.", StringComparison.Ordinal) ? null : labels.TryGetValue("instance", out var instance) ? instances.GetValueOrDefault(instance) : null;

    /// <summary>payment:8080 and payment.shop.svc are payment; an address of a known target is that target's service.</summary>
    private static string PeerName(string peer, Dictionary<string, string> instances)
    {
        if (instances.TryGetValue(peer, out var service))
        {
            return service;
        }

        var text = peer.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(peer, UriKind.Absolute, out var url) ? url.Authority : peer;
        if (instances.TryGetValue(text, out service))
        {
            return service;
        }

        var host = text.LastIndexOf(':') is var colon and > 0 ? text[..colon] : text;
        return IPAddress.TryParse(host, out _) ? text : host.Split('.')[0];
    }

    private static Dictionary<string, string> Instances(IReadOnlyList<Evidence> evidence, InvestigationSubject subject)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var labels in evidence.Where(e => e.Topic is Topics.Up or Topics.Change).SelectMany(e => e.Facts).Select(f => f.Labels).OfType<IReadOnlyDictionary<string, string>>())
        {
            if (labels.TryGetValue("instance", out var instance) && ServiceLabels.ComponentOf(labels, subject.ServiceLabel) is { } service)
            {
                found.TryAdd(instance, service);
            }
        }

        return found;
    }

    private static ChangeMark? Mark(Evidence evidence, EvidenceItem item, InvestigationSubject subject, Dictionary<string, string> instances)
    {
        var component = ServiceLabels.ComponentOf(item.Labels, subject.ServiceLabel)
            ?? (item.Labels.TryGetValue("instance", out var instance) ? instances.GetValueOrDefault(instance) : null)
            ?? item.Labels.GetValueOrDefault("__subject__");
        return item.At is { } at && component is { Length: > 0 } ? new ChangeMark(evidence.Id, item.Kind, component, at, item.Text) : null;
    }

    private static Dictionary<string, string> DownOf(IReadOnlyList<Signal> signals) => signals
        .Where(s => s.Topic == Topics.Up)
        .GroupBy(s => s.Component, StringComparer.Ordinal)
        .Where(g => g.Any(s => s.Latest == 0 && s.During < 0.5) && !g.Any(s => s.Latest > 0))
        .ToDictionary(g => g.Key, g => g.First(s => s.Latest == 0).EvidenceId, StringComparer.Ordinal);

    private static string Key(IReadOnlyDictionary<string, string>? labels) =>
        labels is null ? "" : string.Join('\u0001', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
}
