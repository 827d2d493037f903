using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nightwatch.Domain.Queries.Translation;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.Queries.Translation;

/// <summary>A real Prometheus that holds the back-filled series, asked directly.</summary>
internal sealed class MeasuredPrometheus : IAsyncDisposable
{
    private readonly PrometheusServer server;
    private readonly HttpClient http = new();

    private MeasuredPrometheus(PrometheusServer server) => this.server = server;

    public static async Task<MeasuredPrometheus> StartAsync(BackfilledSeries series, CancellationToken cancellationToken) => new(await PrometheusServer.StartAsync(
        "global: { scrape_interval: 1h }",
        folder =>
        {
            var file = Path.Combine(folder, "series.om");
            series.WriteTo(file);
            var start = new ProcessStartInfo(Repository.Tool("usr/bin/promtool"), ["tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=240h", file, Path.Combine(folder, "data")]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var promtool = Process.Start(start)!;
            promtool.OutputDataReceived += (_, _) => { };
            promtool.BeginOutputReadLine();
            var errors = promtool.StandardError.ReadToEnd();
            promtool.WaitForExit();
            Assert.True(promtool.ExitCode == 0, errors);
        },
        cancellationToken));

    /// <summary>Series by their labels, each with its values by time. A query that Prometheus refuses gives its message.</summary>
    public async Task<(Dictionary<string, Dictionary<long, double>> Series, string? Error)> AskAsync(string query, DateTimeOffset start, DateTimeOffset end, TimeSpan? step, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string> { ["query"] = query };
        if (step is { } of)
        {
            (fields["start"], fields["end"], fields["step"]) = (Seconds(start), Seconds(end), of.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            fields["time"] = Seconds(end);
        }

        using var content = new FormUrlEncodedContent(fields);
        using var answer = await http.PostAsync(new Uri(server.Url, step is null ? "api/v1/query" : "api/v1/query_range"), content, cancellationToken);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return json.RootElement.TryGetProperty("error", out var error) ? ([], error.GetString()) : (Read(json.RootElement.GetProperty("data").GetProperty("result")), null);
    }

    /// <summary>Whether a proposed query gives what the expected one gives, at the expected time. The labels of a single series do not count.</summary>
    public async Task<bool> IsSameAsync(ExpectedQuery expected, ProposedQuery proposed, CancellationToken cancellationToken)
    {
        if (proposed.Language != ProposedQuery.PromQl || expected.IsCurve != proposed.Step is not null || proposed.Window.End != expected.End || (expected.IsCurve && proposed.Window.Start != expected.Start))
        {
            return false;
        }

        var (want, problem) = await AskAsync(expected.Text, expected.Start, expected.End, proposed.Step, cancellationToken);
        Assert.True(problem is null && want.Count > 0, $"The expected query is of no use: {expected.Text}: {problem}");
        var (got, _) = await AskAsync(proposed.Text, proposed.Window.Start, proposed.Window.End, proposed.Step, cancellationToken);
        return want.Count == got.Count && (want.Count == 1 ? Same(want.Values.First(), got.Values.First()) : want.All(w => got.TryGetValue(w.Key, out var values) && Same(w.Value, values)));
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    private static bool Same(Dictionary<long, double> a, Dictionary<long, double> b) =>
        a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out var value) && (p.Value.Equals(value) || Math.Abs(p.Value - value) <= 1e-6 * Math.Max(Math.Abs(p.Value), Math.Abs(value))));

    private static Dictionary<string, Dictionary<long, double>> Read(JsonElement result)
    {
        var series = new Dictionary<string, Dictionary<long, double>>();
        foreach (var item in result.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var labels = string.Join(',', item.GetProperty("metric").EnumerateObject().Where(l => l.Name != "__name__").Select(l => $"{l.Name}={l.Value}").Order());
            var points = item.TryGetProperty("values", out var values) ? values.EnumerateArray().ToList() : [item.GetProperty("value")];
            series[labels] = points.ToDictionary(p => (long)(p[0].GetDouble() * 1000), p => double.Parse(p[1].GetString()!.Replace("Inf", "∞", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        }

        return series;
    }

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
