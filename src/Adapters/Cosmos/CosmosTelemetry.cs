using System.Diagnostics.Metrics;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>What the store costs, as the service itself charges it.</summary>
internal static class CosmosTelemetry
{
    private static readonly Meter Meter = new("Nightwatch.Cosmos");
    private static readonly Counter<double> Units = Meter.CreateCounter<double>("nightwatch.cosmos.request_units", "{request_unit}", "Request units charged, by operation.");
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("nightwatch.cosmos.calls", "{call}", "Answers of Cosmos DB by operation and status.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("nightwatch.cosmos.failures", "{failure}", "Operations given up, by last status; 0 when no answer came.");

    public static void Count(string operation, double charge, int status)
    {
        Units.Add(charge, new KeyValuePair<string, object?>("operation", operation));
        Calls.Add(1, new("operation", operation), new("status", status));
    }

    public static void Failed(string operation, int status) => Failures.Add(1, new("operation", operation), new("status", status));
}
