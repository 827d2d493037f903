using System.Diagnostics;
using System.Globalization;
using Nightwatch.Shop.Telemetry;

namespace Nightwatch.Shop.Roles;

/// <summary>Customers: an open loop (arrivals do not wait for answers) around a mean rate that drifts by a fifth over ten minutes, as a day would.</summary>
internal static class Load
{
    private const int MaxInFlight = 200;

    private static readonly string[] Regions = ["eu", "uk", "us", "apac"];
    private static readonly string?[] Tiers = ["gold", "silver", "silver", null, null];

    public static WebApplication Build(ShopOptions options)
    {
        var host = new ServiceHost(options);
        var requests = host.Metrics.Counter("load_requests_total", "What customers saw.", "route", "code");
        var client = new HttpClient { BaseAddress = new Uri(options.Required("frontend")), Timeout = TimeSpan.FromSeconds(10) };
        _ = Task.Run(() => RunAsync(client, requests, options.Rate, host.App.Lifetime.ApplicationStopping));
        return host.App;
    }

    private static async Task RunAsync(HttpClient client, Counter requests, double rate, CancellationToken cancellationToken)
    {
        var inFlight = 0;
        var lastOrder = "none";
        while (!cancellationToken.IsCancellationRequested)
        {
            var drift = 1 + (0.2 * Math.Sin(Environment.TickCount64 / 1000.0 * Math.Tau / 600));
            // Exponential gaps make a Poisson stream; the cap keeps the quietest moment short.
            var gap = Math.Min(-Math.Log(1 - Random.Shared.NextDouble()) / (rate * drift), 1);
            await Task.Delay(TimeSpan.FromSeconds(gap), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Volatile.Read(ref inFlight) >= MaxInFlight)
            {
                requests.Add("any", "dropped");
                continue;
            }

            Interlocked.Increment(ref inFlight);
            _ = Task.Run(
                async () =>
                {
                    lastOrder = await OneAsync(client, requests, lastOrder, cancellationToken);
                    Interlocked.Decrement(ref inFlight);
                },
                CancellationToken.None);
        }
    }

    /// <returns>The trace id, whose start is the order's id, when an order was placed; else what came in.</returns>
    private static async Task<string> OneAsync(HttpClient client, Counter requests, string lastOrder, CancellationToken cancellationToken)
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var (route, request) = Random.Shared.Next(10) switch
        {
            < 4 => ("/checkout", new HttpRequestMessage(HttpMethod.Post, "/checkout") { Content = JsonContent.Create(new { product = Random.Shared.Next(1, 201), count = Random.Shared.Next(1, 5) }) }),
            < 8 => ("/products/{id}", new HttpRequestMessage(HttpMethod.Get, $"/products/{Random.Shared.Next(1, 201)}")),
            _ => ("/orders/{id}", new HttpRequestMessage(HttpMethod.Get, $"/orders/{lastOrder}")),
        };
        using var owned = request;
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        request.Headers.Add("x-region", Regions[Random.Shared.Next(Regions.Length)]);
        if (Tiers[Random.Shared.Next(Tiers.Length)] is { } tier)
        {
            request.Headers.Add("x-customer-tier", tier);
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            requests.Add(route, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
            return route == "/checkout" && response.IsSuccessStatusCode ? trace[..12] : lastOrder;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            requests.Add(route, e is HttpRequestException ? "broken" : "timeout");
            return lastOrder;
        }
    }
}
