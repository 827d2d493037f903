using System.Globalization;
using System.Text.Json;
using Nightwatch.Lab.Tests;
using Nightwatch.Support;

[assembly: AssemblyFixture(typeof(ShopFixture))]

namespace Nightwatch.Lab.Tests;

/// <summary>
/// The shop's processes on ports that the system chose, watched by a real Prometheus and Alertmanager with the lab's own configuration and rules, and by
/// Nightwatch. One shop for all tests: they run one after the other.
/// </summary>
public sealed class ShopFixture : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string Lab = Path.Combine(Repository.Root, "lab", "prometheus");

    private readonly ScratchDirectory logs = new();
    private readonly Dictionary<string, (ManagedProcess Process, Uri Url)> roles = [];
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ScratchDirectory state = new();
    private readonly int appPort = Ports.Free();
    private PrometheusServer? prometheus;
    private AlertmanagerServer? alertmanager;
    private Azurite? azurite;
    private NightwatchApp? app;

    /// <summary>A client of Nightwatch that carries the token.</summary>
    public HttpClient Nightwatch => app!.Http;

    public Uri Url(string role) => roles[role].Url;

    public string LogFolder => logs.Path;

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        await StartAsync("database", 0, cancel);
        await StartAsync("payment", 0, cancel);
        await StartAsync("orders", 0, cancel);
        await StartAsync("frontend", 0, cancel);
        await StartAsync("load", 0, cancel);
        await StartAsync("logs", 0, cancel);
        azurite = await Azurite.StartAsync(cancel);
        var token = state.File("token");
        await File.WriteAllTextAsync(token, NightwatchApp.Token, cancel);
        var routes = await File.ReadAllTextAsync(Path.Combine(Lab, "alertmanager.yml"), cancel);
        alertmanager = await AlertmanagerServer.StartAsync(
            routes.Replace("@NIGHTWATCH@", $"127.0.0.1:{appPort}", StringComparison.Ordinal).Replace("@TOKEN@", token, StringComparison.Ordinal), cancel);
        prometheus = await PrometheusServer.StartAsync(Configuration(), WriteRules, cancel);
        var sources = new Dictionary<string, string?>
        {
            ["PROMETHEUS_URL"] = prometheus.Url.ToString(),
            ["ALERTMANAGER_URL"] = alertmanager.Url.ToString(),
            ["LOKI_URL"] = Address("logs"),
        };
        app = await NightwatchApp.StartAsync(appPort, state.Path, azurite.ConnectionString, sources, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new IAsyncDisposable?[] { app, prometheus, alertmanager, azurite })
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        foreach (var (process, _) in roles.Values)
        {
            await process.DisposeAsync();
        }

        client.Dispose();
        logs.Dispose();
        state.Dispose();
    }

    public async Task BreakAsync(string role, string fault, CancellationToken cancellationToken) => await PostAsync(role, $"admin/break/{fault}", cancellationToken);

    /// <summary>Undoes the faults of the role and waits until Prometheus sees none of its alerts any more.</summary>
    public async Task MendAsync(string role, CancellationToken cancellationToken)
    {
        await PostAsync(role, "admin/mend", cancellationToken);
        await HealthyAsync(cancellationToken);
    }

    public async Task HealthyAsync(CancellationToken cancellationToken) => await UntilAsync("absent(ALERTS{namespace=\"shop\"})", _ => true, cancellationToken);

    /// <summary>Ends the role's process and starts another release on the same port.</summary>
    public async Task ReleaseAsync(string role, string version, CancellationToken cancellationToken)
    {
        var (process, url) = roles[role];
        await process.DisposeAsync();
        await StartAsync(role, url.Port, cancellationToken, version);
    }

    public async Task<string> GetAsync(string role, string path, CancellationToken cancellationToken) => await client.GetStringAsync(new Uri(Url(role), path), cancellationToken);

    public async Task<int> StatusAsync(string role, string path, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(new Uri(Url(role), path), cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Asks the real Prometheus until a sample of the answer satisfies the condition.</summary>
    public async Task<double> UntilAsync(string promql, Func<double, bool> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var seen = "nothing";
        try
        {
            while (true)
            {
                var answer = await client.GetStringAsync(new Uri(prometheus!.Url, $"api/v1/query?query={Uri.EscapeDataString(promql)}"), limit.Token);
                using var json = JsonDocument.Parse(answer);
                var samples = json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                    .Select(r => double.Parse(r.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)).ToList();
                if (samples.Any(condition))
                {
                    return samples.First(condition);
                }

                seen = answer;
                await Task.Delay(500, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{promql} never satisfied the condition; last: {seen}");
        }
    }

    private async Task PostAsync(string role, string path, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsync(new Uri(Url(role), path), null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task StartAsync(string role, int port, CancellationToken cancellationToken, string version = "1.4.2")
    {
        string[] peers = role switch
        {
            "payment" => ["--database", Address("database")],
            "orders" => ["--payment", Address("payment"), "--database", Address("database")],
            "frontend" => ["--orders", Address("orders")],
            "load" => ["--frontend", Address("frontend")],
            "logs" => ["--folder", LogFolder],
            _ => [],
        };
        var process = ManagedProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Nightwatch.Shop.dll"), role, "--port", $"{port}", "--version", version, "--log", logs.File($"shop-{role}.log"), .. peers]);
        var url = await AddressAsync(process, cancellationToken);
        roles[role] = (process, url);
        await process.WaitForHttpAsync(new Uri(url, "healthz"), cancellationToken);
    }

    private string Address(string role) => Url(role).ToString();

    /// <summary>A role prints "ROLE listens on http://127.0.0.1:PORT" once it does.</summary>
    private static async Task<Uri> AddressAsync(ManagedProcess process, CancellationToken cancellationToken)
    {
        const string Mark = "listens on ";
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            var line = process.Output.Split('\n').FirstOrDefault(l => l.Contains(Mark, StringComparison.Ordinal));
            if (line is not null)
            {
                return new Uri(line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Trim());
            }

            if (process.HasExited)
            {
                break;
            }

            await Task.Delay(50, cancellationToken);
        }

        throw new InvalidOperationException($"a role of the shop did not start:\n{process.Output}");
    }

    /// <summary>The lab's rules with windows of 10 s and no waits, so that one fault is over before the next; promtool tests the real ones.</summary>
    private static void WriteRules(string folder)
    {
        var rules = File.ReadAllText(Path.Combine(Lab, "shop.rules.yml"))
            .Replace("[30s]", "[10s]", StringComparison.Ordinal)
            .Replace("[20s]", "[10s]", StringComparison.Ordinal)
            .Replace("for: 10s", "for: 0s", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "shop.rules.yml"), rules);
    }

    private string Configuration()
    {
        var text = File.ReadAllText(Path.Combine(Lab, "prometheus.yml")).Replace("@RULES@/", "", StringComparison.Ordinal);
        foreach (var (role, (_, url)) in roles)
        {
            text = text.Replace($"@{role.ToUpperInvariant()}@", url.Authority, StringComparison.Ordinal);
        }

        text = text.Replace("@ALERTMANAGER@", alertmanager!.Url.Authority, StringComparison.Ordinal).Replace("@NIGHTWATCH@", $"127.0.0.1:{appPort}", StringComparison.Ordinal);
        // What this fixture does not start would count as down and keep an incident open for ever: Alertmanager's metrics stand in.
        foreach (var other in (string[])["NODE", "PROMETHEUS"])
        {
            text = text.Replace($"@{other}@", alertmanager.Url.Authority, StringComparison.Ordinal);
        }

        return text;
    }
}
