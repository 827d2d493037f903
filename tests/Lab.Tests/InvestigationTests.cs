using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Lab.Tests;

/// <summary>The whole road: a fault of the real shop, the real Prometheus and Alertmanager, Nightwatch's own process, and what it wrote.</summary>
[Collection("shop")]
public sealed class InvestigationTests(ShopFixture shop)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Which faults are investigated: the one that the README shows, and all five with --all.</summary>
    public static TheoryData<string, string, string> Faults
    {
        get
        {
            var faults = new TheoryData<string, string, string> { { "errors", "payment", "internal_errors" } };
            if (Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1")
            {
                faults.Add("latency", "payment", "internal_latency");
                faults.Add("dependency", "database", "dependency_failure");
                faults.Add("leak", "orders", "memory_leak");
                faults.Add("deployment", "orders", "deployment_regression");
            }

            return faults;
        }
    }

    /// <summary>Noise of the machine may look like a fault of another component, so a wrong answer is asked for once more; two are no accident.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_OfTheShop_IsInvestigatedAndNamed(string fault, string component, string cause)
    {
        var concluded = await InvestigateAsync(fault, component);
        if (FirstOf(concluded) != (component, cause))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"Asked once more after a wrong answer:\n{await ReportAsync(concluded)}");
            concluded = await InvestigateAsync(fault, component);
        }

        var investigation = concluded.GetProperty("investigation");
        if (FirstOf(concluded) != (component, cause))
        {
            Assert.Fail(await ReportAsync(concluded));
        }

        Assert.InRange(investigation.GetProperty("conclusion").GetProperty("hypotheses")[0].GetProperty("confidence").GetDouble(), 0.3, 0.99);
        var measured = concluded.GetProperty("evidence").EnumerateArray().Where(e => e.GetProperty("tool").GetString() == "query_metrics_range" && e.GetProperty("status").GetString() == "success").ToList();
        Assert.True(measured.Count >= 3, $"only {measured.Count} pieces of metric evidence");
        Assert.All(measured, e => Assert.StartsWith("http", e.GetProperty("link").GetString(), StringComparison.Ordinal));
    }

    private Task<string> ReportAsync(JsonElement concluded) =>
        shop.Nightwatch.GetStringAsync($"api/investigations/{concluded.GetProperty("investigation").GetProperty("id").GetString()}?format=markdown", Cancel);

    private async Task<JsonElement> InvestigateAsync(string fault, string component)
    {
        await CalmAsync();
        Assert.Empty((await Eventually.GetAsync(OpenAsync, open => open.Count == 0)).Select(i => i.GetProperty("title").GetString()));
        var began = TimeProvider.System.GetUtcNow();
        await BreakAsync(fault, component);
        try
        {
            var concluded = await Eventually.GetAsync(() => ConcludedSinceAsync(began), c => c is not null);
            return concluded ?? throw new TimeoutException($"the {fault} of {component} were not investigated");
        }
        finally
        {
            await MendAsync(fault, component);
        }
    }

    /// <summary>What went before is out of every window, and there is a while of health to compare with.</summary>
    private async Task CalmAsync()
    {
        await shop.UntilAsync("sum(rate(orders_created_total[10s]))", v => v > 1, Cancel);
        await shop.UntilAsync("min(time() - process_start_time_seconds{namespace=\"shop\"})", v => v > 45, Cancel);
        await shop.UntilAsync("sum(rate(http_requests_total{namespace=\"shop\", code=~\"5..\"}[40s])) or vector(0)", v => v == 0, Cancel);
        await shop.UntilAsync("histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{namespace=\"shop\"}[40s])))", v => v < 0.5, Cancel);
    }

    private static (string? Component, string? Cause) FirstOf(JsonElement concluded)
    {
        var hypotheses = concluded.GetProperty("investigation").GetProperty("conclusion").GetProperty("hypotheses");
        return hypotheses.GetArrayLength() == 0 ? (null, null) : (hypotheses[0].GetProperty("component").GetString(), hypotheses[0].GetProperty("cause").GetString());
    }

    private Task BreakAsync(string fault, string component) =>
        fault == "deployment" ? shop.ReleaseAsync(component, "1.5.0", Cancel) : shop.BreakAsync(component, fault, Cancel);

    private async Task MendAsync(string fault, string component)
    {
        await (fault == "deployment" ? shop.ReleaseAsync(component, "1.4.2", Cancel) : shop.MendAsync(component, Cancel));
        await shop.HealthyAsync(Cancel);
    }

    private async Task<List<JsonElement>> OpenAsync() => [.. (await GetAsync("api/incidents?status=open")).GetProperty("incidents").EnumerateArray()];

    private async Task<JsonElement?> ConcludedSinceAsync(DateTimeOffset began)
    {
        foreach (var incident in await OpenAsync())
        {
            if (incident.TryGetProperty("investigationId", out var id))
            {
                var view = await GetAsync($"api/investigations/{id.GetString()}");
                if (view.GetProperty("investigation").TryGetProperty("concludedAt", out var at) && at.GetDateTimeOffset() > began)
                {
                    return view;
                }
            }
        }

        return null;
    }

    private async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await shop.Nightwatch.GetStringAsync(path, Cancel)).RootElement;
}
