using Nightwatch.Functions.Tests.MainRoad;
using Nightwatch.Support;

[assembly: AssemblyFixture(typeof(AppFixture))]

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Two processes of the product on one store and one Azurite, with a real Prometheus and Alertmanager to ask. Shared by the tests that kill nobody.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();
    private Azurite? azurite;
    private PrometheusServer? prometheus;
    private AlertmanagerServer? alertmanager;
    private NightwatchApp[] apps = [];
    private int turn;

    public Uri Alertmanager => alertmanager!.Url;

    /// <summary>The one or the other process, in turn.</summary>
    public NightwatchApp Next => apps[Interlocked.Increment(ref turn) % apps.Length];

    public NightwatchApp First => apps[0];

    public NightwatchApp Second => apps[1];

    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        azurite = await Azurite.StartAsync(stop);
        alertmanager = await AlertmanagerServer.StartAsync("route: {receiver: none}\nreceivers: [{name: none}]", stop);
        prometheus = await PrometheusServer.StartAsync(
            "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: shop, static_configs: [{targets: ['127.0.0.1:9'], labels: {service: orders}}]}]", null, stop);
        var settings = new Dictionary<string, string?> { ["PROMETHEUS_URL"] = prometheus.Url.ToString(), ["ALERTMANAGER_URL"] = alertmanager.Url.ToString() };
        apps =
        [
            await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, stop),
            await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, settings, stop),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }

        foreach (var server in new IAsyncDisposable?[] { prometheus, alertmanager, azurite })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        state.Dispose();
    }
}
