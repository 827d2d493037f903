namespace Nightwatch.Domain.Investigations;

/// <summary>
/// What steps are asked for; readers of evidence select by these names. A topic may carry the suffix of a baseline (.hour, .yesterday, .last_week).
/// </summary>
public static class Topics
{
    public const string AlertExpression = "alert.expression";
    public const string AlertHourBefore = "alert.expression.hour";
    public const string AlertYesterday = "alert.expression.yesterday";
    public const string AlertLastWeek = "alert.expression.last_week";
    public const string Scrape = "scrape";
    public const string Up = "up";
    public const string Discovery = "discovery";
    public const string Change = "change";
    public const string Alerts = "alerts";
    public const string History = "history";
    public const string Similar = "similar";
    public const string Silences = "silences";
    public const string Logs = "logs";

    public const string Rate = "golden.rate";
    public const string Errors = "golden.errors";
    public const string ErrorRate = "golden.error_rate";
    public const string Latency = "golden.latency";
    public const string LatencyMean = "golden.latency_mean";
    public const string InFlight = "golden.in_flight";
    public const string ClientRate = "client.rate";
    public const string ClientErrors = "client.errors";
    public const string ClientLatency = "client.latency";
    public const string DatabaseRate = "db.rate";
    public const string DatabaseErrors = "db.errors";
    public const string DatabaseLatency = "db.latency";
    public const string Pool = "pool.usage";
    public const string Memory = "process.memory";
    public const string Heap = "process.heap";
    public const string Cpu = "process.cpu";
    public const string Descriptors = "process.fds";
    public const string Threads = "process.threads";
    public const string Collection = "process.gc";
    public const string Restarts = "restarts";
    public const string ContainerMemory = "container.memory";
    public const string Throttling = "container.throttling";
    public const string HostCpu = "host.cpu";
    public const string HostMemory = "host.memory";
    public const string HostDisk = "host.disk";
    public const string HostNetwork = "host.network";
}
