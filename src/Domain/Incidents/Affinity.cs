namespace Nightwatch.Domain.Incidents;

/// <summary>
/// How much two alerts have in common. One shared subject (service, host, specific group) is enough; what many unrelated alerts share (namespace, alert name,
/// a group by alert name) is enough only together.
/// </summary>
internal static class Affinity
{
    /// <summary>Weights are tenths, so that sums are exact.</summary>
    public const int Enough = 8;

    public const int SharedSubject = 10;

    private const int SharedNamespace = 5;
    private const int CrowdedNamespace = 1;
    private const int SharedGroup = 4;
    private const int SharedName = 3;
    private const int SameMoment = 3;
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(2);

    /// <param name="isCrowded">The namespace that both are in is known to hold many unrelated things.</param>
    public static (int Score, string Because) Between(AlertFacet x, AlertFacet y, bool isCrowded, TimeSpan window)
    {
        var apart = (x.At - y.At).Duration();
        if (apart > window)
        {
            return (0, "");
        }

        if (x.Group is not null && x.Group == y.Group && x.IsGroupSpecific)
        {
            return (SharedSubject, "same Alertmanager group");
        }

        if (Differ(x.Cluster, y.Cluster) || Differ(x.Environment, y.Environment))
        {
            return (0, "");
        }

        return SharedEntity(x, y) is { } because ? (SharedSubject, because) : Circumstances(x, y, isCrowded, apart);
    }

    private static (int Score, string Because) Circumstances(AlertFacet x, AlertFacet y, bool isCrowded, TimeSpan apart)
    {
        var score = apart <= Moment ? SameMoment : 0;
        var reasons = new List<string>(4);
        if (x.Namespace is not null && x.Namespace == y.Namespace)
        {
            score += isCrowded ? CrowdedNamespace : SharedNamespace;
            reasons.Add($"same namespace {x.Namespace}");
        }

        if (x.Group is not null && x.Group == y.Group)
        {
            score += SharedGroup;
            reasons.Add("same Alertmanager group");
        }

        if (x.Name == y.Name)
        {
            score += SharedName;
            reasons.Add($"same alert {x.Name}");
        }

        if (apart <= Moment)
        {
            reasons.Add("at the same moment");
        }

        return score < Enough ? (score, "") : (score, string.Join(", ", reasons));
    }

    private static string? SharedEntity(AlertFacet x, AlertFacet y)
    {
        if (!Differ(x.Namespace, y.Namespace))
        {
            if (Common(x.Services, y.Services) is { } service)
            {
                return $"same service {service}";
            }
        }

        // A call may cross namespaces.
        if ((Common(x.Peers, y.Services) ?? Common(x.Services, y.Peers)) is { } peer)
        {
            return $"one calls the other: {peer}";
        }

        foreach (var host in x.Hosts)
        {
            foreach (var other in y.Hosts)
            {
                if (IsSameHost(host, other))
                {
                    return $"same host {host}";
                }
            }
        }

        return null;
    }

    private static string? Common(IReadOnlyList<string> x, IReadOnlyList<string> y)
    {
        for (var i = 0; i < x.Count; i++)
        {
            for (var j = 0; j < y.Count; j++)
            {
                if (x[i] == y[j])
                {
                    return x[i];
                }
            }
        }

        return null;
    }

    private static bool IsSameHost(string x, string y) => x == y || IsShortFor(x, y) || IsShortFor(y, x);

    private static bool IsShortFor(string shorter, string full) =>
        full.Length > shorter.Length
            && full[shorter.Length] == '.'
            && !char.IsAsciiDigit(shorter[0])
            && !shorter.Contains('.', StringComparison.Ordinal)
            && full.StartsWith(shorter, StringComparison.Ordinal);

    private static bool Differ(string? x, string? y) => x is not null && y is not null && x != y;
}
