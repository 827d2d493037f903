using System.Text.RegularExpressions;
using Nightwatch.Domain.Investigations.Writing;

namespace Nightwatch.Domain.Investigations.Reasoning;

/// <summary>Memory that climbs steadily over its level before, with or without the restart that ends it.</summary>
internal sealed partial class MemoryLeak : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var component in board.Components)
        {
            if (board.Worst(component, Topics.Memory, Topics.Heap, Topics.ContainerMemory) is not { } memory)
            {
                continue;
            }

            var candidate = new Candidate("memory_leak", component, -1.2)
                .Supported(memory.EvidenceId, $"{Words.Of(memory)}, climbing by {Numbers.Write(memory.SlopePerHour, "bytes_per_hour")}", 3 * memory.Strength)
                .Supported(board.Worst(component, Topics.Restarts), 0.8)
                .Supported(FaultOrigins.Latency(board, component), 0.3)
                .WeighPlace(board);
            WeighAlert(candidate, board, memory);
            WeighStart(candidate, board, memory);
            candidate.Statement = $"{component} keeps more and more memory: {Words.Of(memory, component)}, climbing by {Numbers.Write(memory.SlopePerHour, "bytes_per_hour")}.";
            yield return candidate;
        }
    }

    private static void WeighAlert(Candidate candidate, SignalBoard board, Signal memory)
    {
        var names = string.Join(' ', board.Expression?.Metrics ?? []) + " " + board.Subject.AlertName;
        if (MemoryWords().IsMatch(names))
        {
            candidate.Supported(memory.EvidenceId, "the alert is about memory", board.Subject.AlertedServices.Contains(candidate.Component) ? 1.5 : 0.3);
        }
        else if (FaultOrigins.Errors(board, candidate.Component) is { } errors)
        {
            candidate.Opposed(errors.EvidenceId, $"it fails more than memory explains: {Words.Of(errors)}", errors.Strength);
        }
    }

    /// <summary>A process that just started fills its caches; that is no leak yet.</summary>
    private static void WeighStart(Candidate candidate, SignalBoard board, Signal memory)
    {
        var started = board.Changes.Where(c => c.Component == candidate.Component && c.Kind is "restart" or "creation" or "deployment" or "rollback")
            .OrderByDescending(c => c.At).FirstOrDefault();
        if (started is not null && memory.Onset is { } onset && Math.Abs((onset - started.At).TotalSeconds) < 60)
        {
            candidate.Opposed(started.EvidenceId, $"{started.Text}, and a process that starts fills its memory", 1.5);
        }
    }

    [GeneratedRegex(@"memory|heap|rss|oom|leak", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex MemoryWords();
}

/// <summary>Something that there is only so much of is used up: processor, descriptors, pools, disk, memory of the host.</summary>
internal sealed class ResourceSaturation : IHypothesisSource
{
    private static readonly string[] Own = [Topics.Pool, Topics.Descriptors, Topics.Throttling];
    private static readonly string[] Hosts = [Topics.HostCpu, Topics.HostMemory, Topics.HostDisk];

    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        foreach (var full in board.Signals.Where(s => s.Strength > 0 && (Own.Contains(s.Topic) || Hosts.Contains(s.Topic))).GroupBy(s => s.Component, StringComparer.Ordinal))
        {
            var worst = full.MaxBy(s => s.Strength)!;
            var isHost = Hosts.Contains(worst.Topic);
            var candidate = new Candidate("resource_saturation", full.Key, -1.5).Supported(worst, isHost ? 2 : 2.5);
            var concerned = board.Expression?.Metrics.Any(m => isHost && m.StartsWith("node_", StringComparison.Ordinal)) == true;
            if (concerned)
            {
                candidate.Supported(worst.EvidenceId, "the alert is about the host", 2);
            }

            if (!isHost)
            {
                candidate.WeighPlace(board);
            }
            else if (worst.Before is { } before && worst.During - before < 0.1)
            {
                candidate.Opposed(worst.EvidenceId, $"it stood at {Numbers.Write(before, worst.Unit)} before already", 0.8);
            }

            if (!isHost && FaultOrigins.Latency(board, full.Key) is { } slow)
            {
                candidate.Opposed(slow.EvidenceId, $"what it does became slow, and what is slow holds on to what it uses: {Words.Of(slow)}", 1.5 * slow.Strength);
            }

            candidate.Statement = $"{full.Key} runs out of something: {Words.Of(worst, full.Key)}.";
            yield return candidate;
        }
    }
}

/// <summary>More is asked than before, and what is asked for becomes slow or fails with it.</summary>
internal sealed class TrafficSurge : IHypothesisSource
{
    public IEnumerable<Candidate> Propose(SignalBoard board, IReadOnlyList<FaultOrigin> origins)
    {
        // Where the traffic comes in: callers' surge explains that of those they call, and what surges without its callers was restarted or is retried.
        var surging = board.Components.Where(c => board.Worst(c, Topics.Rate) is not null).ToList();
        foreach (var component in surging.Where(c => !HasMeasuredCaller(board, c)))
        {
            var rate = board.Worst(component, Topics.Rate)!;
            var latency = board.Signals.Where(s => s.Topic is Topics.Latency or Topics.LatencyMean && s.Strength > 0).MaxBy(s => s.Strength);
            var full = board.Signals.Where(s => s.Topic is Topics.Pool or Topics.Throttling or Topics.HostCpu && s.Strength >= 0.5).MaxBy(s => s.Strength);
            var candidate = new Candidate("traffic_surge", component, -1)
                .Supported(rate, 3)
                .Supported(latency, 0.8)
                .Supported(full, 0.8)
                .WeighPlace(board);
            var failing = origins.FirstOrDefault(o => o.Errors is not null || o.Latency is not null);
            if (failing?.Onset is { } onset && rate.Onset is { } from && from > onset.AddSeconds(45))
            {
                candidate.Opposed((failing.Errors ?? failing.Latency)!.EvidenceId, $"{failing.Component} was in trouble before the traffic rose", 1.5);
            }

            if (failing is not null && (failing.Errors ?? failing.Latency!).IsErrors && board.Worst(failing.Component, Topics.Rate, Topics.DatabaseRate) is null)
            {
                candidate.Opposed(failing.Errors!.EvidenceId, $"{failing.Component} fails though no more is asked of it", 1);
            }

            candidate.Statement = $"{component} is asked for more than before: {Words.Of(rate, component)}{(latency is null ? "" : $"; {Words.Of(latency, component)}")}.";
            yield return candidate;
        }
    }

    private static bool HasMeasuredCaller(SignalBoard board, string component) =>
        board.Components.Any(other => other != component && board.Calls[other].Contains(component) && board.Of(other, Topics.Rate).Any());
}
