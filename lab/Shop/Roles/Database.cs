using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Nightwatch.Shop.Faults;

namespace Nightwatch.Shop.Roles;

/// <summary>A small key-value database with a limited number of connections. It keeps the newest 20,000 rows of each kind that grows.</summary>
internal static class Database
{
    private const int MaxConnections = 24;
    private const int MaxRows = 20_000;

    private static readonly TimeSpan ConnectionWait = TimeSpan.FromSeconds(1);

    public static WebApplication Build(ShopOptions options)
    {
        var host = new ServiceHost(options);
        var rows = new ConcurrentDictionary<string, JsonElement>(Seed());
        var inserted = new ConcurrentQueue<string>();
        var connections = new SemaphoreSlim(MaxConnections);
        var queries = host.Metrics.Counter("db_queries_total", "Queries by operation and outcome.", "operation", "outcome");
        var durations = host.Metrics.Histogram("db_query_duration_seconds", "Time of a query, waiting for a connection included.", "operation");
        host.Metrics.Gauge("db_connections_active", "Connections in use.", () => MaxConnections - connections.CurrentCount);
        host.Metrics.Gauge("db_connections_max", "Connections there are.", () => MaxConnections);
        host.App.MapPost("/query", async (HttpContext context, JsonElement query) =>
        {
            var operation = query.GetProperty("operation").GetString()!;
            var key = query.GetProperty("key").GetString()!;
            var started = Stopwatch.GetTimestamp();
            var refusal = await RunAsync(host.Faults, connections, operation, context.RequestAborted);
            queries.Add(operation, refusal is null ? "ok" : "refused");
            durations.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds, operation);
            if (refusal is not null)
            {
                host.Log.Error(context.TraceIdentifier, refusal, ("operation", operation), ("connections_active", MaxConnections - connections.CurrentCount));
                return Results.Json(new { error = refusal }, statusCode: StatusCodes.Status503ServiceUnavailable);
            }

            if (operation.StartsWith("insert", StringComparison.Ordinal))
            {
                Insert(rows, inserted, key, query.GetProperty("value").Clone());
            }

            return Results.Json(new { key, value = rows.TryGetValue(key, out var value) ? value : (JsonElement?)null });
        });
        return host.App;
    }

    /// <summary>Takes a connection and the time that the query costs. The dependency fault makes queries hold their connection and refuses one in four.</summary>
    /// <returns>Why it was refused, or null.</returns>
    private static async Task<string?> RunAsync(FaultPanel faults, SemaphoreSlim connections, string operation, CancellationToken cancellationToken)
    {
        var degraded = faults.IsOn(Fault.Dependency);
        if (degraded && Random.Shared.Next(4) == 0)
        {
            return "too many connections: remaining slots are reserved for the superuser";
        }

        if (!await connections.WaitAsync(ConnectionWait, cancellationToken))
        {
            return $"connection pool exhausted: waited {ConnectionWait.TotalSeconds:0} s for one of {MaxConnections} connections";
        }

        try
        {
            var milliseconds = operation.StartsWith("insert", StringComparison.Ordinal) ? 4 : 2;
            var wait = TimeSpan.FromMilliseconds(milliseconds * (0.5 + (Random.Shared.NextDouble() * 2)));
            await Task.Delay(degraded ? wait + TimeSpan.FromSeconds(0.7 + (Random.Shared.NextDouble() * 0.8)) : wait, cancellationToken);
            return null;
        }
        finally
        {
            connections.Release();
        }
    }

    private static void Insert(ConcurrentDictionary<string, JsonElement> rows, ConcurrentQueue<string> inserted, string key, JsonElement value)
    {
        if (rows.TryAdd(key, value))
        {
            inserted.Enqueue(key);
        }

        while (inserted.Count > MaxRows && inserted.TryDequeue(out var oldest))
        {
            rows.TryRemove(oldest, out _);
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Seed() =>
        Enumerable.Range(1, 200).Select(i => new KeyValuePair<string, JsonElement>($"product:{i}", JsonSerializer.SerializeToElement(new { id = i, price = 3 + (i * 37 % 90) })))
            .Concat("0123456789abcdef".Select(c => new KeyValuePair<string, JsonElement>($"account:{c}", JsonSerializer.SerializeToElement(new { id = c.ToString() }))));
}
