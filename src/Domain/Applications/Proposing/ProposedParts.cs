using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Investigations.Planning;

namespace Nightwatch.Domain.Applications.Proposing;

/// <summary>Components, what they depend on, and environments, each with its reason.</summary>
internal sealed class ProposedParts(FoundApplication found, List<ProposalReason> because)
{
    private const int MaxExternal = 20;

    private static readonly (ComponentKind Kind, string[] Words)[] Words =
    [
        (ComponentKind.Database, ["postgres", "mysql", "mariadb", "mongo", "database", "mssql"]), (ComponentKind.Cache, ["redis", "memcached", "cache"]),
        (ComponentKind.Queue, ["kafka", "rabbitmq", "nats", "queue", "servicebus"]), (ComponentKind.Frontend, ["frontend", "webui"]), (ComponentKind.Job, ["cronjob", "batch", "cron"]),
    ];

    private static readonly HashSet<string> Stages = new(
        ["prod", "production", "prd", "staging", "stage", "stg", "dev", "development", "test", "qa", "uat", "preprod", "sandbox", "demo"], StringComparer.OrdinalIgnoreCase);

    public List<ApplicationComponent> Components()
    {
        var own = found.Components.Take(ApplicationRules.MaxComponents - MaxExternal).ToList();
        var calls = Calls(own);
        var components = own.Select(name => Component(name, calls)).ToList();
        var others = calls.Select(c => c.Peer).Distinct(StringComparer.Ordinal).Where(p => !own.Contains(p, StringComparer.Ordinal)).Take(MaxExternal).ToList();
        components.AddRange(others.Select(o => new ApplicationComponent { Name = o, Kind = ByName(o) ?? ComponentKind.External }));
        for (var i = 0; i < components.Count; i++)
        {
            var (component, path) = (components[i], $"components[{i}]");
            because.Add(new ProposalReason(path, i < own.Count
                ? $"Series under {found.Place} carry {found.ComponentLabel}={component.Name}. {KindReason(component)}"
                : $"Nothing under {found.Place} is called so, but {calls.First(c => c.Peer == component.Name).Reason}. {KindReason(component)}"));
            components[i] = component with { DependsOn = [.. component.DependsOn.Where(d => components.Exists(c => c.Name == d)).Take(ApplicationRules.MaxDependencies)] };
            because.AddRange(components[i].DependsOn.Select((on, n) => new ProposalReason($"{path}.dependsOn[{n}]", calls.First(c => c.From == component.Name && c.Peer == on).Reason)));
        }

        return components;
    }

    public List<ApplicationEnvironment> Environments()
    {
        var label = AccessTarget.EnvironmentLabels.FirstOrDefault(l => l != found.Match.Label && ValuesOf(l).Any(v => l != "namespace" || IsStage(v)));
        if (label is null)
        {
            return [];
        }

        var names = ValuesOf(label).Where(v => label != "namespace" || IsStage(v)).Order(StringComparer.Ordinal).Take(ApplicationRules.MaxEnvironments).ToList();
        because.AddRange(names.Select((name, i) => new ProposalReason($"environments[{i}]", $"Series under {found.Place} carry {label}={name}.")));
        return [.. names.Select(name => new ApplicationEnvironment(name, new Dictionary<string, string> { [label] = name }))];
    }

    private static bool IsStage(string text) => text.Split('-', '_', '.').Any(Stages.Contains);

    private IEnumerable<string> ValuesOf(string label) =>
        found.Series.Select(s => s.GetValueOrDefault(label, "")).Where(NameMatch.IsUsable).Distinct(StringComparer.Ordinal);

    private ApplicationComponent Component(string name, List<Call> calls) => new()
    {
        Name = name,
        Kind = ByName(name) ?? ComponentKind.Service,
        DependsOn = [.. calls.Where(c => c.From == name).Select(c => c.Peer).Distinct(StringComparer.Ordinal)],
        Metrics = found.ComponentLabel == found.Match.Label && found.Match.Values.Count == 1
            ? SourceMapping.None
            : new SourceMapping(null, new Dictionary<string, string> { [found.ComponentLabel] = name }),
    };

    private static string KindReason(ApplicationComponent component) => ByName(component.Name) is not null
        ? $"Its name is that of a {ApplicationWords.Of(component.Kind)}."
        : component.Kind == ComponentKind.External ? "It is taken for somebody else's." : "Nothing tells that it is anything but a service.";

    private static ComponentKind? ByName(string name)
    {
        var normal = NameMatch.Normal(name);
        return Words.Where(w => w.Words.Any(word => normal.Contains(word, StringComparison.Ordinal))).Select(w => (ComponentKind?)w.Kind).FirstOrDefault()
            ?? (name.Split('-', '_', '.').Contains("db", StringComparer.OrdinalIgnoreCase) ? ComponentKind.Database : null);
    }

    /// <summary>Who calls whom, from the metrics of calls to others and of queries that name the other side.</summary>
    private List<Call> Calls(IReadOnlyList<string> own)
    {
        var names = own.DistinctBy(NameMatch.Normal).ToDictionary(NameMatch.Normal, StringComparer.Ordinal);
        return
        [
            .. found.Series
                .Where(s => s.TryGetValue("__name__", out var metric) && (MetricFamilies.IsClient(metric) || MetricFamilies.IsDatabase(metric)))
                .Select(s => Call.Of(s, found.ComponentLabel)).OfType<Call>()
                .Select(c => names.TryGetValue(NameMatch.Normal(c.Peer), out var known) ? c with { Peer = known } : c)
                .Where(c => c.From != c.Peer)
                .DistinctBy(c => (c.From, c.Peer))
                .OrderBy(c => c.From, StringComparer.Ordinal).ThenBy(c => c.Peer, StringComparer.Ordinal),
        ];
    }

    private sealed record Call(string From, string Peer, string Reason)
    {
        public static Call? Of(IReadOnlyDictionary<string, string> series, string componentLabel)
        {
            if (!series.TryGetValue(componentLabel, out var from) || !NameMatch.IsUsable(from)
                || Array.Find(ServiceLabels.Peer, l => l != componentLabel && series.TryGetValue(l, out var v) && v.Length > 0) is not { } label)
            {
                return null;
            }

            var peer = HostOf(series[label]);
            return NameMatch.IsUsable(peer) ? new Call(from, peer, $"{series["__name__"]} of {from} carries {label}={series[label]}") : null;
        }

        /// <summary>payment of payment:8080 and of http://payment:8080/pay.</summary>
        private static string HostOf(string peer)
        {
            var from = peer.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? peer[(scheme + 3)..] : peer;
            return from.Split('/')[0] is var host && host.LastIndexOf(':') is var colon and > 0 && host[(colon + 1)..].All(char.IsAsciiDigit) ? host[..colon] : host;
        }
    }
}
