using System.Globalization;
using System.Text;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Prometheus;

/// <summary>A real Prometheus whose past was written by promtool, so that every answer is known.</summary>
public sealed class KnownData : IAsyncLifetime
{
    private const string Configuration = """
        global:
          scrape_interval: 1h
        rule_files: [rules.yml]
        """;

    private const string Rules = """
        groups:
          - name: shop
            rules:
              - alert: HighErrorRate
                expr: job:errors:ratio > 0.05
                for: 2m
                labels: {severity: critical}
              - record: job:errors:ratio
                expr: sum by (service) (rate(errors_total[5m]))
        """;

    private PrometheusServer? server;

    /// <summary>The middle of the two hours that are filled; everything is every 15 seconds.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);

    public Uri Url => server!.Url;

    public async ValueTask InitializeAsync() => server = await PrometheusServer.StartAsync(Configuration, Fill, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private static void Fill(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "rules.yml"), Rules);
        BackFill(folder, OpenMetrics());
    }

    /// <summary>Runs promtool tsdb create-blocks-from openmetrics into data/ of the folder.</summary>
    public static void BackFill(string folder, string openMetrics)
    {
        var file = Path.Combine(folder, "past.om");
        File.WriteAllText(file, openMetrics);
        using var promtool = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            Repository.Tool("usr/bin/promtool"),
            ["tsdb", "create-blocks-from", "openmetrics", file, Path.Combine(folder, "data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = promtool.StandardOutput.ReadToEndAsync();
        var errors = promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        Assert.True(promtool.ExitCode == 0, errors + output.Result);
    }

    private static string OpenMetrics()
    {
        var text = new StringBuilder();
        Family("cpu", "gauge", ("instance=\"a\",service=\"orders\"", m => 0.25), ("instance=\"b\",service=\"orders\"", m => 0.75));
        Family("odd", "gauge", ("kind=\"nan\"", _ => double.NaN), ("kind=\"plus\"", _ => double.PositiveInfinity), ("kind=\"minus\"", _ => double.NegativeInfinity));
        Family("sparse", "gauge", ("", m => m is > -10 and < 0 ? null : 1));

        // Orders: version 1.4.2 until 10 minutes past noon, then 1.5.0, rolled out over two replicas; rolled back at 40 past. Payment never changes.
        // Database is first seen at 20 past.
        Family(
            "shop_build_info",
            "gauge",
            ("instance=\"orders-1\",service=\"orders\",version=\"1.4.2\"", m => m is < 10 or >= 40 ? 1 : null),
            ("instance=\"orders-1\",service=\"orders\",version=\"1.5.0\"", m => m is >= 10 and < 40 ? 1 : null),
            ("instance=\"orders-2\",service=\"orders\",version=\"1.4.2\"", m => m is < 11 or >= 40 ? 1 : null),
            ("instance=\"orders-2\",service=\"orders\",version=\"1.5.0\"", m => m is >= 11 and < 40 ? 1 : null),
            ("instance=\"payment-1\",service=\"payment\",version=\"3.0.0\"", m => m is > 25 and < 35 ? null : 1),
            ("instance=\"database-1\",service=\"database\",version=\"15\"", m => m >= 20 ? 1 : null));

        // Orders-1 restarted at 10 past noon; payment has run for a day; cache started at 30 past.
        var noon = Noon.ToUnixTimeSeconds();
        Family(
            "process_start_time_seconds",
            "gauge",
            ("instance=\"orders-1\",service=\"orders\"", m => m < 10 ? noon - 86_400 : noon + 600.25),
            ("instance=\"payment-1\",service=\"payment\"", _ => noon - 86_400),
            ("instance=\"cache-1\",service=\"cache\"", m => m >= 30 ? noon + 1800 : null));
        Family(
            "kube_pod_created",
            "gauge",
            ("namespace=\"shop\",pod=\"orders-abc\"", m => m >= 10 ? noon + 595 : null),
            ("namespace=\"shop\",pod=\"payment-def\"", _ => noon - 90_000));
        Family("kube_replicaset_created", "gauge", ("namespace=\"shop\",replicaset=\"orders-5f\"", m => m >= 10 ? noon + 590 : null));
        return text.Append("# EOF\n").ToString();

        void Family(string name, string type, params (string Labels, Func<double, double?> At)[] series)
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
            foreach (var (labels, at) in series)
            {
                for (var second = -3600; second <= 3600; second += 15)
                {
                    if (at(second / 60d) is { } value)
                    {
                        var number = double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
                        text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {number} {Noon.ToUnixTimeSeconds() + second}\n");
                    }
                }
            }
        }
    }
}

[CollectionDefinition(Name)]
public sealed class KnownDataSet : ICollectionFixture<KnownData>
{
    public const string Name = "known data";
}
