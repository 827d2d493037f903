using System.Globalization;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Domain.Tools.Changes;

/// <summary>
/// Changes that metrics tell of: a version that appeared in a *_build_info metric, a process_start_time_seconds that moved, a kube_*_created in the window.
/// Each of the three asks one query whose answer grows with what changed or with the number of versions, not with the number of samples.
/// </summary>
internal sealed class MetricChanges(IMetricSource source, LabelSelector selector, TimeWindow window)
{
    /// <summary>What ran before the window is looked for this long before it.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromHours(1);

    private static readonly string[] SubjectLabels =
    [
        "service", "app", "app_kubernetes_io_name", "deployment", "replicaset", "statefulset", "daemonset", "job_name", "pod", "job",
    ];
    private static readonly string[] VersionLabels = ["version", "image_tag", "tag", "revision", "commit", "git_commit"];

    /// <summary>Labels of a build that differ from one replica or build to the next; the others say whose build it is.</summary>
    private static readonly HashSet<string> BuildLabels = new(StringComparer.Ordinal)
    {
        "version", "revision", "branch", "tag", "tags", "image", "image_tag", "commit", "git_commit", "git_sha", "build_date", "goversion", "goos",
        "goarch", "instance", "pod", "pod_template_hash", "uid", "node", "container_id",
    };

    private string Range => string.Create(CultureInfo.InvariantCulture, $"[{Math.Max(1, (long)Math.Ceiling(window.Length.TotalSeconds))}s]");

    private string Since => QuerySeconds(window.Start);

    /// <summary>
    /// Versions that appeared. A version of a thing (metric name and the labels that name the thing) appears when it is there and was not the last time that
    /// the thing was seen; so a rollback counts, a gap in scraping does not, and a rollout over many replicas is one change, at the time of the first.
    /// </summary>
    public async Task<IReadOnlyList<ChangeEvent>> DeploymentsAsync(CancellationToken cancellationToken)
    {
        var query = selector.For(".+_build_info");
        var wide = new TimeWindow(window.Start - Lead, window.End);
        var answer = await source.QueryRangeAsync(query, wide, TimeSpan.FromSeconds(ToolLimits.Step(wide.Length)), cancellationToken).ConfigureAwait(false);
        var seen = answer.Items.Where(s => s.Points.Count > 0).ToList();
        if (seen.Count == 0)
        {
            return [];
        }

        // Where all data begins nothing is known of before, so what is first seen within five minutes of it is not new.
        var known = seen.Min(s => s.Points[0].At) + TimeSpan.FromMinutes(5);
        return
        [
            .. seen.GroupBy(s => Key(s.Labels, l => !BuildLabels.Contains(l)), StringComparer.Ordinal)
                .SelectMany(Appearances)
                .Where(a => a.At >= window.Start && (a.Before is not null || a.At > known))
                .Select(a => Deployment(a, query)),
        ];
    }

    private static IEnumerable<Appearance> Appearances(IEnumerable<MetricSeries> thing)
    {
        var present = new SortedDictionary<DateTimeOffset, Dictionary<string, List<MetricSeries>>>();
        foreach (var series in thing)
        {
            var version = Version(series.Labels);
            foreach (var point in series.Points)
            {
                var versions = present.TryGetValue(point.At, out var known) ? known : present[point.At] = new(StringComparer.Ordinal);
                (versions.TryGetValue(version, out var list) ? list : versions[version] = []).Add(series);
            }
        }

        Dictionary<string, List<MetricSeries>>? before = null;
        var earlier = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (at, now) in present)
        {
            foreach (var (version, series) in now.Where(v => before?.ContainsKey(v.Key) != true))
            {
                // The one that it takes the place of, when it can be told.
                var previous = before is null ? null : before.Keys.Where(v => !now.ContainsKey(v)).Concat(before.Keys).First();
                yield return new Appearance(version, previous, previous is not null && ReleaseOrder.IsReturn(previous, version, earlier), at, series[0].Labels);
            }

            before = now;
            foreach (var version in now.Keys)
            {
                earlier[version] = earlier.GetValueOrDefault(version) + 1;
            }
        }
    }

    private sealed record Appearance(string Version, string? Before, bool IsReturn, DateTimeOffset At, IReadOnlyDictionary<string, string> Labels);

    /// <summary>Processes that started in the window, at the time that they themselves report.</summary>
    public async Task<IReadOnlyList<ChangeEvent>> RestartsAsync(CancellationToken cancellationToken)
    {
        var metric = selector.Of("process_start_time_seconds");
        var query = $"max_over_time({metric}{Range}) >= {Since}";
        var started = (await source.QueryAsync(query, window.End, cancellationToken).ConfigureAwait(false)).Items;
        if (started.Count == 0)
        {
            return [];
        }

        // Those whose value moved were there before; the others are new.
        var moved = await source.QueryAsync(
            $"changes({metric}[{(long)(window.Length + Lead).TotalSeconds}s]) > 0 and {query}",
            window.End,
            cancellationToken).ConfigureAwait(false);
        var restarts = moved.Items.ToDictionary(s => Key(s.Labels, static _ => true), s => s.Value, StringComparer.Ordinal);
        return
        [
            .. started.Where(InWindow).Select(s =>
            {
                var (subject, at) = (Subject(s.Labels), At(s.Value));
                var times = restarts.GetValueOrDefault(Key(s.Labels, static _ => true));
                return new ChangeEvent
                {
                    At = at,
                    Kind = times > 0 ? "restart" : "creation",
                    Summary = times > 0
                        ? string.Create(
                            CultureInfo.InvariantCulture, $"{Described(s.Labels)} restarted at {at:HH:mm:ss} UTC{(times > 1 ? $" ({times:0} restarts)" : "")}")
                        : string.Create(CultureInfo.InvariantCulture, $"{Described(s.Labels)} started at {at:HH:mm:ss} UTC"),
                    Subject = subject,
                    Labels = s.Labels,
                    Invocation = query,
                    Link = source.LinkTo(metric, window).AbsoluteUri,
                };
            }),
        ];
    }

    /// <summary>Kubernetes objects created in the window. A new replica set means that its deployment's template changed.</summary>
    public async Task<IReadOnlyList<ChangeEvent>> CreationsAsync(CancellationToken cancellationToken)
    {
        var query = $"last_over_time({selector.For("kube_.+_created")}{Range}) >= {Since}";
        var created = (await source.QueryAsync(query, window.End, cancellationToken).ConfigureAwait(false)).Items;
        return
        [
            .. created.Where(InWindow).Select(s =>
            {
                var metric = s.Labels.GetValueOrDefault("__name__", "kube_object_created");
                var kind = metric["kube_".Length..^"_created".Length];
                var name = s.Labels.GetValueOrDefault(kind) ?? s.Labels.GetValueOrDefault("job_name") ?? Subject(s.Labels);
                return new ChangeEvent
                {
                    At = At(s.Value),
                    Kind = kind == "replicaset" ? "deployment" : "creation",
                    Summary = $"{kind} {(s.Labels.TryGetValue("namespace", out var space) ? $"{space}/" : "")}{name} was created",
                    Subject = name,
                    Labels = s.Labels,
                    Invocation = query,
                    Link = source.LinkTo(query, window).AbsoluteUri,
                };
            }),
        ];
    }

    private ChangeEvent Deployment(Appearance appearance, string query)
    {
        var subject = Subject(appearance.Labels);
        return new ChangeEvent
        {
            At = appearance.At,
            Kind = appearance switch { { Before: null } => "creation", { IsReturn: true } => "rollback", _ => "deployment" },
            Summary = appearance switch
            {
                { Before: null } => $"{subject} appeared with version {appearance.Version}",
                { IsReturn: true } => $"{subject} went back from version {appearance.Before} to {appearance.Version}",
                _ => $"{subject} changed from version {appearance.Before} to {appearance.Version}",
            },
            Subject = subject,
            Labels = appearance.Labels,
            Invocation = query,
            Link = source.LinkTo(query, window).AbsoluteUri,
        };
    }

    private bool InWindow(MetricSample sample) =>
        sample.Value is > 0 and < 253_402_300_800 && At(sample.Value) is var at && at >= window.Start && at <= window.End;

    private static DateTimeOffset At(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));

    private static string Subject(IReadOnlyDictionary<string, string> labels) =>
        Array.Find(SubjectLabels, labels.ContainsKey) is { } label
            ? labels[label]
            : labels.GetValueOrDefault("instance") ?? labels.GetValueOrDefault("__name__") ?? "something";

    private static string Described(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue("instance", out var instance) && instance != Subject(labels) ? $"{Subject(labels)} ({instance})" : Subject(labels);

    /// <summary>What tells two builds apart: the version, with the revision when there is one.</summary>
    private static string Version(IReadOnlyDictionary<string, string> labels)
    {
        var parts = VersionLabels.Where(l => labels.TryGetValue(l, out var value) && value.Length > 0).Select(l => labels[l]).Distinct().Take(2).ToList();
        return parts.Count == 0 ? "unknown" : string.Join('@', parts);
    }

    private static string Key(IReadOnlyDictionary<string, string> labels, Func<string, bool> counts) =>
        string.Join('\u0001', labels.Where(l => counts(l.Key)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}\u0002{l.Value}"));

    private static string QuerySeconds(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
}
