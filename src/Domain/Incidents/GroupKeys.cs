using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>What Alertmanager's groupKey says: <c>{route matchers}/...:{group labels}</c>.</summary>
internal static class GroupKeys
{
    private static readonly HashSet<string> UnspecificLabels = new(StringComparer.Ordinal)
    {
        "alertname", "severity", "priority", "level", "cluster", "prometheus", "prometheus_replica", "replica", "region", "zone", "environment", "env",
        "stage", "team",
        "owner", "tenant", "receiver", "monitor", "datacenter", "dc", "namespace", "grafana_folder", "source", "type", "category",
    };

    /// <summary>A hash to compare by, and whether the labels name a subject of their own.</summary>
    public static (string? Group, bool IsSpecific) Read(string? groupKey)
    {
        if (string.IsNullOrEmpty(groupKey))
        {
            return (null, false);
        }

        // The group's labels stand last; a key without braces was made by another sender and is taken as it is.
        var at = groupKey.LastIndexOf(":{", StringComparison.Ordinal);
        if (at < 0)
        {
            return (AlertFingerprint.OfText(groupKey), false);
        }

        var names = Names(groupKey.AsSpan(at + 2));
        return names.Count == 0 ? (null, false) : (AlertFingerprint.OfText(groupKey), IsSpecific(names));
    }

    // An alert name together with a namespace or the like is narrow enough; either alone is not.
    private static bool IsSpecific(List<string> names) =>
        names.Exists(n => !UnspecificLabels.Contains(n)) || (names.Contains("alertname") && names.Contains("namespace"));

    private static List<string> Names(ReadOnlySpan<char> labels)
    {
        var names = new List<string>();
        var inQuotes = false;
        var start = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            switch (labels[i])
            {
                case '\\' when inQuotes:
                    i++;
                    break;
                case '"':
                    inQuotes = !inQuotes;
                    break;
                case '=' when !inQuotes && i > start:
                    names.Add(labels[start..i].Trim().Trim('"').ToString());
                    break;
                case ',' when !inQuotes:
                    start = i + 1;
                    break;
            }
        }

        return names;
    }
}
