using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>What an alert is about, as far as it helps to find others that belong to it: read from its labels once.</summary>
public sealed record AlertFacet
{
    public required string Name { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Services and workloads, lower case, without the suffixes that a cluster appends.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Services that the alert names as the other end of a call.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>Hosts and nodes without port; loopback addresses with it.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public string? Namespace { get; init; }

    public string? Cluster { get; init; }

    public string? Environment { get; init; }

    /// <summary>Hash of Alertmanager's groupKey, null when there is none or it groups everything.</summary>
    public string? Group { get; init; }

    /// <summary>The group is by something that names one subject, not only by alert name, severity, cluster or the like.</summary>
    public bool IsGroupSpecific { get; init; }

    public static AlertFacet Of(AlertEpisode episode)
    {
        var labels = episode.Labels;
        var (group, isSpecific) = GroupKeys.Read(episode.GroupKey);
        return new AlertFacet
        {
            Name = episode.Name,
            At = episode.StartsAt,
            Services = Subjects.Services(labels),
            Peers = Subjects.Peers(labels),
            Hosts = Subjects.Hosts(labels),
            Namespace = Subjects.Namespace(labels),
            Cluster = Subjects.First(labels, "cluster", "k8s_cluster", "k8s_cluster_name"),
            Environment = Subjects.First(labels, "environment", "env", "deployment_environment", "stage"),
            Group = group,
            IsGroupSpecific = isSpecific,
        };
    }

    /// <summary>Whether both say the same, at whatever time.</summary>
    public bool IsSameSubject(AlertFacet other) =>
        Name == other.Name && Namespace == other.Namespace && Cluster == other.Cluster && Environment == other.Environment && Group == other.Group
        && Services.SequenceEqual(other.Services) && Hosts.SequenceEqual(other.Hosts) && Peers.SequenceEqual(other.Peers);
}
