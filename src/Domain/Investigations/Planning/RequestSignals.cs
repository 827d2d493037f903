using System.Globalization;
using System.Text.RegularExpressions;
using Nightwatch.Domain.Investigations.Queries;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>
/// Rate, error ratio and duration of requests from conventional metrics: served (golden), sent to others (client) and queries to stores (db). Each question
/// groups by the label that names the service, so that one answer covers every service in scope and the chain of calls can be followed.
/// </summary>
internal static partial class RequestSignals
{
    /// <summary>Families of one kind that are asked for; a service rarely has more than one.</summary>
    private const int MaxFamilies = 3;

    public static IEnumerable<SignalQuery> For(IReadOnlyList<KnownMetric> metrics, QueryScope scope)
    {
        var families = metrics.Where(m => !MetricFamilies.IsPool(m.Name)).ToList();
        foreach (var kind in new[] { Kind.Served, Kind.Sent, Kind.Stored })
        {
            var own = families.Where(m => KindOf(m, scope) == kind).ToList();
            foreach (var counter in Counters(own))
            {
                yield return Rate(kind, counter, scope);
                if (ErrorRatio(kind, counter, scope) is { } errors)
                {
                    yield return errors;
                }
            }

            foreach (var histogram in own.Where(
                m => m.IsBucket && MetricFamilies.IsDuration(m.Name)).OrderBy(m => m.Name, StringComparer.Ordinal).Take(MaxFamilies))
            {
                yield return Quantile(kind, histogram, scope);
                if (kind == Kind.Served && own.Find(m => m.Name == Family(histogram.Name) + "_sum") is not null)
                {
                    yield return Mean(histogram, scope);
                }
            }

            foreach (var errors in own.Where(
                m => m.IsCounter
                    && MetricFamilies.IsErrorCounter(m.Name)
                    && m.FirstLabel(ServiceLabels.Status) is null).OrderBy(m => m.Name, StringComparer.Ordinal).Take(kind == Kind.Served
                    ? 2
                    : 0))
            {
                yield return new SignalQuery(
                    Topics.ErrorRate,
                    $"Errors per second ({errors.Name})",
                    $"sum by ({scope.GroupOf(errors)}) (rate({scope.Select(errors)}[{scope.Window}]))",
                    "per_second");
            }
        }
    }

    /// <summary>The counter of served requests that tells failed ones apart, with the condition that selects those; null when there is none.</summary>
    public static (KnownMetric Counter, LabelCondition Failed)? ServedWithFailures(IReadOnlyList<KnownMetric> metrics, QueryScope scope) =>
        Counters(metrics.Where(m => !MetricFamilies.IsPool(m.Name) && KindOf(m, scope) == Kind.Served).ToList())
            .Select(c => FailureOf(c) is { } failed ? (c, failed) : ((KnownMetric, LabelCondition)?)null)
            .FirstOrDefault(c => c is not null);

    private enum Kind
    {
        Served,
        Sent,
        Stored,
        None,
    }

    private static Kind KindOf(KnownMetric metric, QueryScope scope)
    {
        if (scope.LabelOf(metric) is null
            || metric.Name.StartsWith("node_", StringComparison.Ordinal)
            || metric.Name.StartsWith("prometheus_", StringComparison.Ordinal))
        {
            return Kind.None;
        }

        if (MetricFamilies.IsClient(metric.Name) || (metric.Name.StartsWith("istio_", StringComparison.Ordinal) && metric.FirstLabel(
            ["destination_service_name", "destination_workload"]) is not null))
        {
            return Kind.Sent;
        }

        return MetricFamilies.IsDatabase(metric.Name) ? Kind.Stored : Kind.Served;
    }

    /// <summary>Counters of requests; the _count of a histogram only where its family has no counter of its own.</summary>
    private static IEnumerable<KnownMetric> Counters(List<KnownMetric> own)
    {
        var counters = own
            .Where(m => m.IsCounter && MetricFamilies.IsRequests(m.Name) && !m.Name.EndsWith("_started_total", StringComparison.Ordinal))
            .ToList();
        var totals = counters.Where(m => m.Name.EndsWith("_total", StringComparison.Ordinal)).ToList();
        return (totals.Exists(m => m.FirstLabel(ServiceLabels.Status) is not null) ? totals : counters)
            .OrderBy(m => m.FirstLabel(ServiceLabels.Status) is null ? 1 : 0)
            .ThenBy(m => m.Name, StringComparer.Ordinal)
            .Take(MaxFamilies);
    }

    private static SignalQuery Rate(Kind kind, KnownMetric counter, QueryScope scope) => new(
        kind switch { Kind.Served => Topics.Rate, Kind.Sent => Topics.ClientRate, _ => Topics.DatabaseRate },
        $"{Word(kind)} per second ({counter.Name})",
        $"sum by ({Groups(kind, counter, scope)}) (rate({scope.Select(counter)}[{scope.Window}]))",
        "per_second");

    private static SignalQuery? ErrorRatio(Kind kind, KnownMetric counter, QueryScope scope)
    {
        if (FailureOf(counter) is not { } failed)
        {
            return null;
        }

        var by = Groups(kind, counter, scope);
        var all = $"sum by ({by}) (rate({scope.Select(counter)}[{scope.Window}]))";

        // Without a single failure there is no failed series: the ratio is then 0, not unknown.
        var query = $"(sum by ({by}) (rate({scope.Select(counter, failed)}[{scope.Window}])) or {all} * 0) / {all}";
        return new SignalQuery(
            kind switch { Kind.Served => Topics.Errors, Kind.Sent => Topics.ClientErrors, _ => Topics.DatabaseErrors },
            $"Share of {Word(kind).ToLowerInvariant()} that failed ({counter.Name})",
            query,
            "ratio");
    }

    private static LabelCondition? FailureOf(KnownMetric counter) => counter.FirstLabel(ServiceLabels.Status) is { } label
        ? LabelCondition.Matches(label, ErrorPattern(label, counter.Values(label)))
        : null;

    private static SignalQuery Quantile(Kind kind, KnownMetric histogram, QueryScope scope) => new(
        kind switch { Kind.Served => Topics.Latency, Kind.Sent => Topics.ClientLatency, _ => Topics.DatabaseLatency },
        $"95th percentile of the duration of {Word(kind).ToLowerInvariant()} ({histogram.Name})",
        $"histogram_quantile(0.95, sum by (le, {Groups(kind, histogram, scope)}) (rate({scope.Select(histogram)}[{scope.Window}])))",
        UnitOf(histogram.Name));

    private static SignalQuery Mean(KnownMetric histogram, QueryScope scope)
    {
        var family = Family(histogram.Name);
        var by = Groups(Kind.Served, histogram, scope);
        string Sum(string suffix) => $"sum by ({by}) (rate({scope.Select(histogram with { Name = family + suffix })}[{scope.Window}]))";
        return new SignalQuery(Topics.LatencyMean, $"Mean duration of requests ({family})", $"{Sum("_sum")} / {Sum("_count")}", UnitOf(histogram.Name));
    }

    private static string Groups(Kind kind, KnownMetric metric, QueryScope scope)
    {
        var group = scope.GroupOf(metric);
        return kind != Kind.Served && metric.FirstLabel(ServiceLabels.Peer.Where(p => p != group)) is { } peer
            ? string.Create(CultureInfo.InvariantCulture, $"{group}, {peer}")
            : group;
    }

    /// <summary>Which values of a status label mean that the server side failed. Client mistakes (4xx, NotFound, ...) are no failures of a service.</summary>
    private static string ErrorPattern(string label, IReadOnlyList<string> values) =>
        label.StartsWith("grpc", StringComparison.Ordinal) || label.StartsWith("rpc", StringComparison.Ordinal)
            ? values.Any(v => v.Length > 0 && char.IsAsciiDigit(v[0]))
                ? "2|4|8|12|13|14|15"
                : "Unknown|DeadlineExceeded|ResourceExhausted|Unimplemented|Internal|Unavailable|DataLoss|UNKNOWN|DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE"
            : values.Any(v => HttpStatus().IsMatch(v)) ? "5..|5xx|0|(?i:.*(error|timeout|refused|broken|reset|unreachable|fail).*)"
            : "(?i:.*(error|fail|timeout|exception|refused|unavailable|abort|5xx).*)|5..|ko|KO|false";

    private static string Family(string bucket) => bucket[..^"_bucket".Length];

    private static string UnitOf(string name) => Milliseconds().IsMatch(name) ? "milliseconds" : "seconds";

    private static string Word(Kind kind) => kind switch { Kind.Served => "Requests", Kind.Sent => "Calls to others", _ => "Queries" };

    [GeneratedRegex(@"^[1-5](\d\d|xx)$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex HttpStatus();

    [GeneratedRegex(@"millis|_ms(_|$)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Milliseconds();
}
