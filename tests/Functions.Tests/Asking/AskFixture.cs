using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Adapters.Tests.Fakes;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Asking;

/// <summary>
/// The product in two processes, a real Prometheus that holds six hours of known numbers (promtool back-fills), and a fake Loki with known lines.
/// </summary>
public sealed class AskFixture : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private PrometheusServer? prometheus;
    private FakeLoki? loki;
    private NightwatchApp? first;
    private NightwatchApp? second;

    /// <summary>Known lines: so many of payment's are errors, the others are not.</summary>
    public const int Errors = 7;

    public const int Lines = 19;

    public HttpClient First => first!.Http;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync(Stop);
        loki = await FakeLoki.StartAsync(Stop);
        await FillAsync(loki.Url);
        prometheus = await PrometheusServer.StartAsync("global: {scrape_interval: 1h}", Backfill, Stop);
        var settings = new Dictionary<string, string?> { ["PROMETHEUS_URL"] = prometheus.Url.ToString(), ["LOKI_URL"] = loki.Url.ToString(), ["MAX_QUERY_RANGE_HOURS"] = "168" };
        first = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
        settings["NIGHTWATCH_DEVELOPMENT"] = "loopback";
        settings["NIGHTWATCH_LIMITS_DEVELOPMENT_PER_MINUTE"] = "1000000";
        second = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, Stop);
    }

    /// <summary>A client of the first process with a fresh token.</summary>
    public async Task<HttpClient> ClientAsync(object scope, params IEnumerable<string> permissions)
    {
        using var maker = new HttpClient { BaseAddress = second!.Url };
        using var made = await maker.PostAsJsonAsync("api/access/tokens", new { name = "asks", permissions, scope }, Stop);
        made.EnsureSuccessStatusCode();
        var client = new HttpClient { BaseAddress = first!.Url, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { first, second, prometheus, loki, azurite })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        state.Dispose();
    }

    /// <summary>Requests: orders 5/s that succeed and 0.1/s that fail, payment 2/s; a host with 75 % of its memory used.</summary>
    private static void Backfill(string folder)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string Name, string Type, string Labels, Func<long, double> Value)[] series =
        [
            ("http_requests_total", "counter", "service=\"orders\",code=\"200\"", t => 5 * t),
            ("http_requests_total", "counter", "service=\"orders\",code=\"500\"", t => 0.1 * t),
            ("http_requests_total", "counter", "service=\"payment\",code=\"200\"", t => 2 * t),
            ("node_memory_MemTotal_bytes", "gauge", "instance=\"web-1:9100\",job=\"node\"", _ => 8589934592),
            ("node_memory_MemAvailable_bytes", "gauge", "instance=\"web-1:9100\",job=\"node\"", _ => 2147483648),
            ("up", "gauge", "instance=\"web-1:9100\",job=\"node\"", _ => 1),
        ];
        var file = Path.Combine(folder, "series.om");
        using (var writer = new StreamWriter(file))
        {
            foreach (var (name, _, labels, value) in series)
            {
                for (var t = 0L; t <= (6 * 3600) + 900; t += 60)
                {
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value(t):R} {now - (6 * 3600) + t}\n"));
                }
            }

            writer.Write("# EOF\n");
        }

        using var promtool = Process.Start(new ProcessStartInfo(
            Repository.Tool("usr/bin/promtool"), ["tsdb", "create-blocks-from", "openmetrics", file, Path.Combine(folder, "data")])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        promtool.OutputDataReceived += (_, _) => { };
        promtool.BeginOutputReadLine();
        var errors = promtool.StandardError.ReadToEnd();
        promtool.WaitForExit();
        Assert.True(promtool.ExitCode == 0, errors);
    }

    private static async Task FillAsync(Uri loki)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var client = new HttpClient { BaseAddress = loki };
        object Stream(string level, int count, string line) => new
        {
            stream = new { service = "payment", level },
            values = Enumerable.Range(1, count).Select(i => new[] { ((now.ToUnixTimeSeconds() - (i * 600)) * 1_000_000_000L).ToString(CultureInfo.InvariantCulture), $"{line} {i}, password=hunter22secret" }),
        };
        using var answer = await client.PostAsJsonAsync("loki/api/v1/push", new { streams = new[] { Stream("error", Errors, "database timeout"), Stream("info", Lines - Errors, "paid") } }, Stop);
        answer.EnsureSuccessStatusCode();
    }
}
