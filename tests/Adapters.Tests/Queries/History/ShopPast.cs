using System.Diagnostics;
using System.Globalization;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Queries.History;

/// <summary>
/// Eight days of a shop, a sample each minute: 10 requests per second to orders, one in a hundred of which fails, 5 to payment, 1 to orders of staging. For twenty
/// minutes half of the requests to orders fail, slowly, and the process takes twice the memory. A counter starts anew in the middle. Another application is beside it.
/// </summary>
internal static class ShopPast
{
    public static readonly DateTimeOffset End = new(2026, 11, 18, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Start = End.AddDays(-8);
    public static readonly DateTimeOffset Reset = End.AddHours(-6);
    public static readonly DateTimeOffset IncidentStart = End.AddHours(-2);
    public static readonly TimeSpan IncidentLength = TimeSpan.FromMinutes(20);

    /// <summary>Noon minus so many hours.</summary>
    public static DateTimeOffset Ago(double hours) => End.AddHours(-hours);

    public static Task<PrometheusServer> StartAsync(CancellationToken cancellationToken) => PrometheusServer.StartAsync(
        "global: { scrape_interval: 1h }",
        folder =>
        {
            var file = Path.Combine(folder, "shop.om");
            Write(file);
            var start = new ProcessStartInfo(Repository.Tool("usr/bin/promtool"), ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=240h", file, Path.Combine(folder, "data")]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var promtool = Process.Start(start)!;
            promtool.OutputDataReceived += (_, _) => { };
            promtool.BeginOutputReadLine();
            var errors = promtool.StandardError.ReadToEnd();
            promtool.WaitForExit();
            Assert.True(promtool.ExitCode == 0, errors);
        },
        cancellationToken);

    private static void Write(string path)
    {
        const string Orders = "application=\"shop\",namespace=\"shop-prod\",service=\"orders\",pod=\"orders-1\"";
        using var writer = new StreamWriter(path);
        Line(writer, $"http_requests_total{{{Orders},code=\"200\"}}", t => Counter(9.9, 5, t) - (t >= Seconds(Reset) ? Counter(9.9, 5, Seconds(Reset)) : 0));
        Line(writer, $"http_requests_total{{{Orders},code=\"500\"}}", t => Counter(0.1, 5, t));
        Line(writer, "http_requests_total{application=\"shop\",namespace=\"shop-prod\",service=\"payment\",pod=\"payment-1\",code=\"200\"}", t => 5 * t);
        Line(writer, "http_requests_total{application=\"shop\",namespace=\"shop-staging\",service=\"orders\",pod=\"orders-9\",code=\"200\"}", t => t);
        Line(writer, "http_requests_total{application=\"other\",namespace=\"other-prod\",service=\"x\",code=\"200\"}", t => 100 * t);
        foreach (var (le, usual, bad) in new[] { ("0.1", 9.7, 5), ("0.5", 10d, 6), ("1", 10, 10), ("+Inf", 10, 10) })
        {
            Line(writer, $"http_request_duration_seconds_bucket{{{Orders},le=\"{le}\"}}", t => Counter(usual, bad, t));
        }

        Line(writer, $"process_resident_memory_bytes{{{Orders}}}", t => During(t) is > 0 and < 1200 ? 200e6 : 100e6 + (1e6 * ((Math.Round(t / 60) % 3) - 1)));
        Line(writer, $"process_cpu_seconds_total{{{Orders}}}", t => Counter(0.5, 0.9, t));
        Line(writer, $"half_gauge{{{Orders}}}", t => 1, t => t <= Seconds(Reset));
        writer.Write("# EOF\n");
    }

    private static void Line(StreamWriter writer, string series, Func<double, double> value, Func<double, bool>? isThere = null)
    {
        for (var at = Start; at <= End; at += TimeSpan.FromMinutes(1))
        {
            if (isThere?.Invoke(Seconds(at)) ?? true)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{series} {value(Seconds(at)):R} {at.ToUnixTimeSeconds()}\n"));
            }
        }
    }

    private static double Seconds(DateTimeOffset at) => (at - Start).TotalSeconds;

    /// <summary>Seconds of the incident that have passed.</summary>
    private static double During(double t) => Math.Clamp(t - Seconds(IncidentStart), 0, IncidentLength.TotalSeconds);

    private static double Counter(double usual, double bad, double t) => (usual * (t - During(t))) + (bad * During(t));
}
