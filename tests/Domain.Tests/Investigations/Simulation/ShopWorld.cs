using System.Globalization;
using System.Text;

namespace Nightwatch.Domain.Tests.Investigations.Simulation;

/// <summary>What goes wrong in a simulated shop, and what is right to say about it.</summary>
public sealed record WorldPlan
{
    public required string Kind { get; init; }

    public required int Seed { get; init; }

    /// <summary>The component to blame, and the causes that are right to name.</summary>
    public required string Component { get; init; }

    public required string[] Causes { get; init; }

    public double HistorySeconds { get; init; } = 300;

    public double Rate { get; init; } = 12;

    public string Namespace => $"w-{Kind}-{Seed}";
}

/// <summary>
/// A shop of four services (frontend -> orders -> payment -> database; orders asks the database too), simulated request by request with random arrivals, and scraped
/// every two seconds into the metrics that such services export. Every number comes from the requests; nothing is drawn to suit a detector.
/// </summary>
internal sealed class ShopWorld(WorldPlan plan, DateTimeOffset onset)
{
    public const double Scrape = 2;

    private static readonly double[] Bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
    private static readonly string[] Services = ["frontend", "orders", "payment", "database"];

    private readonly Random random = new(unchecked((plan.Seed * 7919) + Hash(plan.Kind)));
    private readonly SortedDictionary<string, double> counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> memory = Services.ToDictionary(s => s, _ => 0d);
    private readonly Dictionary<string, double> started = [];
    private readonly Dictionary<string, string> versions = Services.ToDictionary(s => s, _ => "1.4.2");

    /// <summary>Rows of OpenMetrics text by series: (name and labels) to (time, value).</summary>
    public SortedDictionary<string, List<(double At, double Value)>> Series { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds after the onset at which the alert fires.</summary>
    public double AlertDelay { get; private set; }

    public double Severity { get; private set; }

    public void Run()
    {
        Severity = 0.5 + random.NextDouble();
        AlertDelay = plan.Kind == "leak" ? 30 + (random.NextDouble() * 20) : 15 + (random.NextDouble() * 25);
        var from = -plan.HistorySeconds;
        foreach (var service in Services)
        {
            memory[service] = 60e6 + (random.NextDouble() * 50e6);
            started[service] = from - (plan.HistorySeconds < 120 ? 5 : 86400 * random.NextDouble()) - 10;
        }

        for (var at = from; at <= AlertDelay + 15; at += Scrape)
        {
            Step(at);
            Record(at);
        }
    }

    private bool Is(params string[] kinds) => kinds.Any(k => plan.Kind == k || plan.Kind.StartsWith(k + "-", StringComparison.Ordinal));

    private void Step(double at)
    {
        var on = at >= 0;
        var surge = on && Is("surge") ? 3 + (2 * Severity) : 1;
        var drift = 1 + (0.15 * Math.Sin((at + (plan.Seed * 13)) / 60));
        var requests = Poisson(plan.Rate * Scrape * surge * drift);
        for (var i = 0; i < requests; i++)
        {
            Frontend(on, surge, at);
        }

        foreach (var service in Services)
        {
            memory[service] += random.NextDouble() * (started[service] > at - 60 ? 0.4e6 : 0.05e6);
        }

        Deploy(at);
        if (on && Is("leak"))
        {
            memory[plan.Component] += 3e6 * Scrape * (0.6 + (0.8 * Severity)) * random.NextDouble() * 2;
        }
    }

    private void Deploy(double at)
    {
        void Release(string service, double time)
        {
            if (at >= time && versions[service] == "1.4.2")
            {
                versions[service] = "1.5.0";
                started[service] = time;
                memory[service] = 50e6;
                Forget(service);
            }
        }

        if (Is("deployment", "deployment-slow"))
        {
            Release(plan.Component, 0);
        }

        if (Is("dependency-deployment"))
        {
            Release("orders", -40);
        }

        if (Is("errors-restarted") && at >= Math.Max(-150, 5 - plan.HistorySeconds) && started[plan.Component] < -plan.HistorySeconds)
        {
            started[plan.Component] = at;
            Forget(plan.Component);
        }

        if (Is("errors-elsewhere"))
        {
            Release(plan.Component == "frontend" ? "payment" : "frontend", -30);
        }
    }

    /// <summary>A new process counts from zero.</summary>
    private void Forget(string service)
    {
        foreach (var key in counters.Keys.Where(k => k.Contains($",service=\"{service}\"", StringComparison.Ordinal)).ToList())
        {
            counters[key] = 0;
        }
    }

    private void Frontend(bool on, double surge, double at)
    {
        var (seconds, failed) = Work("frontend", on, surge, 0.004);
        var kind = random.NextDouble();
        if (!failed)
        {
            var (orders, broken) = Call("frontend", "orders", on, () => Orders(on, surge, kind < 0.5));
            seconds += orders;
            failed = broken;
        }

        Served("frontend", seconds, failed);
        _ = at;
    }

    private (double Seconds, bool Failed) Orders(bool on, double surge, bool checkout)
    {
        var (seconds, failed) = Work("orders", on, surge, 0.006);
        if (!failed)
        {
            var (stored, broken) = Call("orders", "database", on, () => Database(on));
            seconds += stored;
            failed = broken;
        }

        if (!failed && checkout)
        {
            var (paid, broken) = Call("orders", "payment", on, () => Payment(on, surge));
            seconds += paid;
            failed = broken;
        }

        Served("orders", seconds, failed);
        return (seconds, failed);
    }

    private (double Seconds, bool Failed) Payment(bool on, double surge)
    {
        var (seconds, failed) = Work("payment", on, surge, 0.008);
        if (!failed)
        {
            var (stored, broken) = Call("payment", "database", on, () => Database(on));
            seconds += stored;
            failed = broken;
        }

        Served("payment", seconds, failed);
        return (seconds, failed);
    }

    private (double Seconds, bool Failed) Database(bool on)
    {
        var seconds = 0.003 * Spread() * Starved(on);
        var failed = random.NextDouble() < 0.0005;
        if (on && Is("dependency"))
        {
            seconds += Is("dependency-errors") ? 0 : 0.4 * Severity * (0.5 + random.NextDouble());
            failed |= random.NextDouble() < (Is("dependency-slow") ? 0.01 : 0.25 * Severity);
        }

        Count("db_queries_total", "database", failed ? "outcome=\"refused\"" : "outcome=\"ok\"");
        Observe("db_query_duration_seconds", "database", "", seconds);
        Served("database", seconds, failed);
        return (seconds, failed);
    }

    /// <summary>A service's own part of a request.</summary>
    private (double Seconds, bool Failed) Work(string service, bool on, double surge, double mean)
    {
        var seconds = mean * Spread() * Starved(on) * (Is("surge") ? 1 + ((surge - 1) * 1.5) : 1);
        var failed = random.NextDouble() < 0.002;
        if (on && service == plan.Component)
        {
            seconds += Is("latency") || Is("deployment-slow") ? 0.3 + (Severity * (0.5 + random.NextDouble())) : 0;
            failed |= (Is("errors") || (Is("deployment") && !Is("deployment-slow"))) && random.NextDouble() < 0.15 + (0.35 * Severity);
        }

        return (seconds, failed);
    }

    /// <summary>A machine that is short of processor time makes everything slower at the moment when something else breaks.</summary>
    private double Starved(bool on) => on && plan.Kind.EndsWith("-starved", StringComparison.Ordinal) ? 2 + (12 * Severity * random.NextDouble()) : 1;

    private (double Seconds, bool Failed) Call(string caller, string peer, bool on, Func<(double Seconds, bool Failed)> work)
    {
        var down = on && Is("down") && peer == plan.Component;
        var (seconds, failed) = down ? (0.001, true) : work();
        var timeout = seconds > 4;
        seconds = Math.Min(seconds, 4) + 0.0005;
        Count("http_client_requests_total", caller, $"code=\"{(down ? "refused" : timeout ? "timeout" : failed ? "500" : "200")}\",peer_service=\"{peer}\"");
        Observe("http_client_request_duration_seconds", caller, $"peer_service=\"{peer}\"", seconds);
        return (seconds, failed || timeout);
    }

    private void Served(string service, double seconds, bool failed)
    {
        Count("http_requests_total", service, failed ? "code=\"500\",method=\"GET\"" : "code=\"200\",method=\"GET\"");
        Observe("http_request_duration_seconds", service, "", seconds);
    }

    private void Count(string name, string service, string labels) => counters[Key(name, service, labels)] = counters.GetValueOrDefault(Key(name, service, labels)) + 1;

    private void Observe(string name, string service, string labels, double seconds)
    {
        var more = labels.Length == 0 ? "" : "," + labels;
        foreach (var bound in Bounds)
        {
            var key = Key(name + "_bucket", service, $"le=\"{bound.ToString(CultureInfo.InvariantCulture)}\"{more}");
            counters[key] = counters.GetValueOrDefault(key) + (seconds <= bound ? 1 : 0);
        }

        Count(name + "_bucket", service, $"le=\"+Inf\"{more}");
        Count(name + "_count", service, labels);
        var sum = Key(name + "_sum", service, labels);
        counters[sum] = counters.GetValueOrDefault(sum) + seconds;
    }

    private string Key(string name, string service, string labels) =>
        $"{name}{{instance=\"127.0.0.1:{8001 + Array.IndexOf(Services, service)}\",job=\"shop\",namespace=\"{plan.Namespace}\",service=\"{service}\"{(labels.Length == 0 ? "" : "," + labels)}}}";

    private void Record(double at)
    {
        bool Down(string service) => Is("down") && at >= 0 && service == plan.Component;
        foreach (var (key, value) in counters.Where(c => !Services.Any(s => Down(s) && c.Key.Contains($",service=\"{s}\"", StringComparison.Ordinal))))
        {
            Add(key, at, value);
        }

        foreach (var service in Services)
        {
            Add(Key("up", service, ""), at, Down(service) ? 0 : 1);
            if (!Down(service))
            {
                Add(Key("process_resident_memory_bytes", service, ""), at, memory[service] + (random.NextDouble() * 1e6));
                Add(Key("process_start_time_seconds", service, ""), at, Unix(started[service]));
                Add(Key("shop_build_info", service, $"revision=\"r{versions[service].Replace(".", "", StringComparison.Ordinal)}\",version=\"{versions[service]}\""), at, 1);
            }
        }
    }

    private void Add(string key, double at, double value)
    {
        if (!Series.TryGetValue(key, out var points))
        {
            Series[key] = points = [];
        }

        points.Add((Unix(at), value));
    }

    private double Unix(double at) => onset.ToUnixTimeMilliseconds() / 1000d + Math.Round(at, 3);

    /// <summary>Log-normal around 1.</summary>
    private double Spread()
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Exp(0.5 * normal);
    }

    private int Poisson(double mean)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            count++;
        }

        return count;
    }

    private static int Hash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));

    /// <summary>OpenMetrics text of several worlds, families together as the format asks.</summary>
    public static void Write(IEnumerable<ShopWorld> worlds, TextWriter writer)
    {
        var all = worlds.SelectMany(w => w.Series).OrderBy(s => s.Key, StringComparer.Ordinal).ToList();
        foreach (var family in all.GroupBy(s => s.Key[..s.Key.IndexOf('{', StringComparison.Ordinal)], StringComparer.Ordinal))
        {
            // Gauges of every kind: what is back-filled keeps its name and value whatever type is declared.
            writer.Write($"# TYPE {family.Key} gauge\n");
            foreach (var (key, points) in family)
            {
                var text = new StringBuilder();
                foreach (var (at, value) in points)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{key} {value:R} {at:0.###}\n");
                }

                writer.Write(text);
            }
        }

        writer.Write("# EOF\n");
    }
}
