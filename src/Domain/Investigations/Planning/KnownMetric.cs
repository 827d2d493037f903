using System.Text.RegularExpressions;

namespace Nightwatch.Domain.Investigations.Planning;

/// <summary>A metric that discovery found, with the values that its labels take (up to 20 each).</summary>
internal sealed record KnownMetric(string Name, string Type, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels)
{
    /// <summary>Joins label values in an evidence item; no label value of use holds it.</summary>
    public const char Separator = '\u001f';

    public bool IsBucket => Name.EndsWith("_bucket", StringComparison.Ordinal) && Labels.ContainsKey("le");

    public bool IsCounter =>
        Type == "counter"
            || (Type != "gauge" && Name.EndsWith("_total", StringComparison.Ordinal))
            || (Name.EndsWith("_count", StringComparison.Ordinal) && Type is "histogram" or "summary");

    public string? FirstLabel(IEnumerable<string> candidates) => candidates.FirstOrDefault(Labels.ContainsKey);

    public IReadOnlyList<string> Values(string label) => Labels.GetValueOrDefault(label) ?? [];

    public static KnownMetric Of(EvidenceItem item) => new(
        item.Text,
        item.Labels.GetValueOrDefault("__type__", ""),
        item.Labels.Where(l => l.Key != "__type__").ToDictionary(l => l.Key, l => (IReadOnlyList<string>)l.Value.Split(Separator), StringComparer.Ordinal));
}

/// <summary>Recognises the conventional families of metrics by name; what it does not know is not kept and not asked for.</summary>
internal static partial class MetricFamilies
{
    public static bool IsKnown(string name) => Known().IsMatch(name);

    public static bool IsClient(string name) => Client().IsMatch(name);

    public static bool IsDatabase(string name) => Database().IsMatch(name) && !Pool().IsMatch(name);

    public static bool IsPool(string name) => Pool().IsMatch(name);

    public static bool IsRequests(string name) => Requests().IsMatch(name);

    public static bool IsErrorCounter(string name) => Errors().IsMatch(name);

    public static bool IsDuration(string name) => Duration().IsMatch(name);

    [GeneratedRegex(
        @"request|_rpc|^rpc|^grpc_|^http_|^istio_|^envoy_|^db_|_db_|quer(y|ies)|^sql|^redis_|^pg_|^mysql_|mongodb|^process_|^dotnet_|^jvm_|^go_|^nodejs_|^python_|^container_|^kube_(pod_container_status_restarts|deployment_status|pod_container_resource)|_pool_|pool|connections|hikaricp|in_flight|inflight|active_requests|error|fail|queue_(depth|length|size)|^node_|_build_info$|^up$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Known();

    [GeneratedRegex(@"client|outgoing|outbound|upstream_rq|downstream_calls|dependency_|peer_", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Client();

    [GeneratedRegex(
        @"^db_|_db_|database|quer(y|ies)|^sql|^redis_commands|^pg_stat_(statements|database)|^mysql_global_status_(queries|questions)|^mongodb_",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Database();

    [GeneratedRegex(@"pool|connections|hikaricp", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Pool();

    [GeneratedRegex(
        @"requests?(_[a-z]+)?_total$|requests?_total$|_handled_total$|_started_total$|calls_total$|rq_xx$|rq_total$|queries_total$|commands_(processed_)?total$|(request|call|rpc|query|server|client)s?_(duration|latency)[a-z_]*_count$|(duration|latency)(_(seconds|milliseconds|ms))?_count$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Requests();

    [GeneratedRegex(@"(errors?|failures?|failed|exceptions?)(_[a-z]+)?_total$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Errors();

    [GeneratedRegex(
        @"(duration|latency|response_time|handling|_time)(_(seconds|milliseconds|ms))?(_bucket|_sum|_count)$",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Duration();
}
