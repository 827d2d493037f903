using static Nightwatch.Domain.Queries.Templates.TemplateList;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Services that answer HTTP or gRPC, what they call, probes from outside, and service levels.</summary>
internal static class ServiceTemplates
{
    private const string Failed = "(sum(rate($requests{$err,$m}[$w])) or sum(rate($requests{$m}[$w])) * 0)";
    private const string FailedCount = "(sum(increase($requests{$err,$m}[$w])) or sum(increase($requests{$m}[$w])) * 0)";
    private const string FailedRatio = Failed + " / sum(rate($requests{$m}[$w]))";
    private const string FailedGrpc = "(sum(rate($grpc{$err,$m}[$w])) or sum(rate($grpc{$m}[$w])) * 0)";
    private const string ErrorRatio = "sum$by (rate($requests{$err,$m}[$w])) / sum$by (rate($requests{$m}[$w]))";

    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        Of("service.errors", "share of requests that failed", "ratio", "error", ErrorRatio, "rate ratio request service app http", "network disk packet clienterror database query job probe count grpc dependency user pod", priority: 1, whole: FailedRatio),
        Of("service.errors.count", "requests that failed", "count", "error count", "sum$by (rate($requests{$err,$m}[$w]))", "request service app http", "network disk packet database query grpc rate ratio dependency user pod", count: "sum$by (increase($requests{$err,$m}[$w]))", priority: 1, whole: Failed, wholeCount: FailedCount),
        Of("service.errors.rate", "failed requests a second", "per_second", "error per_second|per_minute|per_hour", "sum$by (rate($requests{$err,$m}[$w]))", "request rate service app http", "network disk packet database query grpc dependency user", priority: 1.2, whole: Failed),
        Of("service.users", "requests that failed: what users saw of it", "count", "user", "sum$by (rate($requests{$err,$m}[$w]))", "error impact count request", "cpu memory latency", count: "sum$by (increase($requests{$err,$m}[$w]))", priority: -0.2, whole: Failed, wholeCount: FailedCount),
        Of("service.success", "share of requests that succeeded", "ratio", "availability|slo request|ratio|http", "1 - sum$by (rate($requests{$err,$m}[$w])) / sum$by (rate($requests{$m}[$w]))", "service app", "budget burn host restart pod", priority: -1.5, whole: "1 - " + FailedRatio),
        Of("service.success.ratio", "share of requests that succeeded", "ratio", "success", "1 - sum$by (rate($requests{$err,$m}[$w])) / sum$by (rate($requests{$m}[$w]))", "request service app http rate ratio", "count grpc", priority: 1, whole: "1 - " + FailedRatio),
        Of("service.success.count", "requests that did not fail", "count", "success count", "sum$by (rate($requests{$m}[$w])) - sum$by (rate($requests{$err,$m}[$w]))", "request service app http", "rate ratio grpc", count: "sum$by (increase($requests{$m}[$w])) - sum$by (increase($requests{$err,$m}[$w]))", priority: 1),
        Of("service.clienterrors.count", "requests answered with 4xx", "count", "clienterror count", "sum$by (rate($requests{$err4,$m}[$w]))", "request service app http error", "rate ratio", count: "sum$by (increase($requests{$err4,$m}[$w]))", priority: 0.3),
        Of("service.clienterrors", "share of requests answered with 4xx", "ratio", "clienterror", "sum$by (rate($requests{$err4,$m}[$w])) / sum$by (rate($requests{$m}[$w]))", "error rate ratio request service http count"),
        Of("service.requests", "requests", "per_second", "request", "sum$by (rate($requests{$m}[$w]))", "rate service app http count load", "error latency inflight grpc database query hit dependency network", count: "sum$by (increase($requests{$m}[$w]))", priority: 1),
        Of("service.inflight", "requests being answered", "count", "inflight", "sum$by (~$inflight{$m})", "request service app count", priority: 0.5),
        Of("service.latency", "average response time", "seconds", "latency", "sum$by (rate($latency_sum{$m}[$w])) / sum$by (rate($latency_count{$m}[$w]))", "request service app http average", "disk diskio read write gc dns database query grpc certificate lag dependency slowquery probe", priority: 1),
        Of("service.latency.quantile", "response time at the quantile", "seconds", "latency", "histogram_quantile($q, sum$by(le) (rate($latency_bucket{$m}[$w])))", "request service app http", "disk diskio read write gc dns database query grpc lag dependency slowquery probe", priority: 1, quantile: true),
        Of("grpc.requests", "gRPC calls", "per_second", "grpc", "sum$by (rate($grpc{$m}[$w]))", "request rate service count", "latency error", count: "sum$by (increase($grpc{$m}[$w]))"),
        Of("grpc.errors", "share of gRPC calls that failed", "ratio", "grpc error", "sum$by (rate($grpc{$err,$m}[$w])) / sum$by (rate($grpc{$m}[$w]))", "request rate ratio service", "latency", count: "sum$by (increase($grpc{$err,$m}[$w]))", whole: FailedGrpc + " / sum(rate($grpc{$m}[$w]))"),
        Of("grpc.success", "share of gRPC calls that succeeded", "ratio", "grpc success", "1 - sum$by (rate($grpc{$err,$m}[$w])) / sum$by (rate($grpc{$m}[$w]))", "request rate ratio service", "latency", whole: "1 - " + FailedGrpc + " / sum(rate($grpc{$m}[$w]))"),
        Of("grpc.errors.rate", "failed gRPC calls a second", "per_second", "grpc error per_second|per_minute|per_hour", "sum$by (rate($grpc{$err,$m}[$w]))", "request rate service", "latency ratio", whole: FailedGrpc),
        Of("grpc.latency", "average time of a gRPC call", "seconds", "grpc latency", "sum$by (rate($grpclatency_sum{$m}[$w])) / sum$by (rate($grpclatency_count{$m}[$w]))", "request service average"),
        Of("grpc.latency.quantile", "time of a gRPC call at the quantile", "seconds", "grpc latency", "histogram_quantile($q, sum$by(le) (rate($grpclatency_bucket{$m}[$w])))", "request service", quantile: true),
        Of("client.errors", "share of calls to other services that failed", "ratio", "dependency error|availability", "sum$by(peer_service) (rate($client{$err,$m}[$w])) / sum$by(peer_service) (rate($client{$m}[$w]))", "request rate ratio service client"),
        Of("client.latency", "average time of calls to other services", "seconds", "dependency latency", "sum$by(peer_service) (rate($clientlatency_sum{$m}[$w])) / sum$by(peer_service) (rate($clientlatency_count{$m}[$w]))", "request service average client"),
        Of("client.latency.quantile", "time of calls to other services at the quantile", "seconds", "dependency latency", "histogram_quantile($q, sum$by(peer_service,le) (rate($clientlatency_bucket{$m}[$w])))", "request service client", quantile: true),
        Of("client.requests", "calls to other services", "per_second", "dependency", "sum$by(peer_service) (rate($client{$m}[$w]))", "request rate service client", "error latency", count: "sum$by(peer_service) (increase($client{$m}[$w]))"),
        Of("probe.success", "share of probes that succeeded", "ratio", "probe|availability", "~probe_success{$m}", "availability probe http ratio error down", "latency certificate dns restart count age downtime", priority: 0.5),
        Of("probe.duration", "time of a probe", "seconds", "probe|http|dns latency", "~probe_duration_seconds{$m}", "probe http average request", "certificate service app"),
        Of("probe.dns", "time of the name lookup", "seconds", "dns", "~probe_dns_lookup_time_seconds{$m}", "latency probe average"),
        Of("probe.certificate", "seconds until the certificate ends", "seconds", "certificate", "probe_ssl_earliest_cert_expiry{$m} - time()", "probe forecast http latency full"),
        Of("target.up", "share of scrapes that found it up", "ratio", "availability", "~up{$m}", "service app host pod ratio prometheus process running http database down", "latency request probe certificate downtime age", priority: 0.1),
        Of("target.downtime", "seconds that it was down", "seconds", "downtime availability|down", "(1 - avg_over_time(up{$m}[$w])) * $s", "service app host down minutes hours count availability", "request latency", count: "(1 - avg_over_time(up{$m}[$w])) * $s", priority: 1),
        Of("target.outages", "times that it went down", "count", "down|availability often", "sum$by (resets(up{$m}[$w]))", "service app host down availability count", "request latency", count: "sum$by (resets(up{$m}[$w]))", priority: 1.5),
        Of("target.instances", "instances that are up", "count", "count running|availability host|service|app", "sum$by (up{$m})", "host service app", "down downtime request latency pod error replica connection thread", priority: -0.2),
        Of("target.down", "targets that are down", "count", "down which|health", "up{$m} == 0", "service host prometheus availability", "ratio request latency downtime count", priority: 1),
        Of("target.down.count", "how many targets are down", "count", "down count", "count(up{$m} == 0) or vector(0)", "service host prometheus availability", "ratio request latency downtime pod", priority: 1),
    ];
}
