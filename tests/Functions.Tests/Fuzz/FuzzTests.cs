using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>
/// A process of the product against every public input. The seed is printed and fixed, so a failure repeats; NIGHTWATCH_FUZZ_SEED tries another.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Connections = 4;
    private const int MaxResidentMegabytes = 900;

    private static readonly int Requests = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1" ? 100_000 : 2_000;

    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("NIGHTWATCH_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261121;

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["NIGHTWATCH_DEVELOPMENT"] = "loopback",
        // Refusals for being too many would hide what lies behind them; the limits have tests of their own.
        ["NIGHTWATCH_LIMITS_DEVELOPMENT_PER_MINUTE"] = "10000000",
        ["NIGHTWATCH_LIMITS_FAILURES_PER_MINUTE"] = "0",
        ["NIGHTWATCH_LIMITS_STREAMS_PER_CALLER"] = "0",
        ["NIGHTWATCH_LIMITS_INTAKE_ALERTS_PER_SECOND"] = "0",
    };

    private readonly ConcurrentQueue<string> wrong = new();
    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentDictionary<int, int> statuses = new();
    private int inputs;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_OfEveryKind_AreAnsweredWithoutAFault()
    {
        output.WriteLine($"seed {Seed}, {Requests} requests to {FuzzTarget.All.Count} routes");
        using var state = new ScratchDirectory();
        await using var azurite = await Azurite.StartAsync(Stop);
        await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, Settings, Stop);
        app.Printed += Watch;
        var ids = await KnownIdsAsync(app);

        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(app, ids), Stop)));

        var resident = ResidentMegabytes(app.ProcessId);
        output.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")) + $"; {resident} MB resident; {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s");
        Assert.False(app.HasExited, app.Output);
        using var normal = await app.Http.GetAsync("api/incidents", Stop);
        Assert.True(normal.IsSuccessStatusCode);
        Assert.InRange(resident, 1, MaxResidentMegabytes);
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong.Take(10)));
        Assert.True(faults.IsEmpty, string.Join("\n\n", faults.Take(10)));
        // Most must get past the server's own checks, or nothing of ours was tried.
        Assert.InRange(statuses.Where(s => s.Key is 200 or 202).Sum(s => s.Value), Requests / 10, Requests);
    }

    private async Task SendAsync(NightwatchApp app, IReadOnlyList<string> ids)
    {
        using var connection = new RawHttp(app.Url.Port);
        int number;
        while ((number = Interlocked.Increment(ref inputs)) <= Requests && wrong.Count < 20)
        {
            var request = FuzzRequest.Make(Seed, number, ids);
            try
            {
                var answer = await connection.SendAsync(request, Stop);
                statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                if (Judge(request, answer) is { } problem)
                {
                    wrong.Enqueue($"{problem} for seed {Seed}, {request}\n{answer.Status} {answer.Body}");
                }
            }
            catch (Exception failure) when (failure is TimeoutException or FormatException)
            {
                wrong.Enqueue($"{failure.Message} for seed {Seed}, {request}");
            }
        }
    }

    /// <summary>What is wrong with an answer, or null.</summary>
    private static string? Judge(FuzzRequest request, RawAnswer answer)
    {
        if (answer.Status == 0)
        {
            return request.Malformed ? null : "no answer";
        }

        // 505 is the server's word for a version of HTTP that is none.
        if (answer.Status >= 500 && !(request.Malformed && answer.Status == 505))
        {
            return "a fault";
        }

        if (answer.Headers.ContainsKey("X-Injected"))
        {
            return "a header of the sender's own making";
        }

        // What breaks HTTP, the server refuses before there is a route.
        var byServer = answer.Status >= 400 && answer.Body.Length == 0 && answer.Header("connection") == "close";
        if (byServer || answer.Status == 101)
        {
            return request.Malformed || byServer ? null : "another protocol";
        }

        if (answer.Status >= 400 && request.Path.StartsWith("/api/", StringComparison.Ordinal) && request.Method is not "HEAD" && !request.Malformed)
        {
            return JudgeProblem(request, answer);
        }

        return answer.Status < 400 && answer.Header("x-content-type-options") != "nosniff" ? "no nosniff" : null;
    }

    private static string? JudgeProblem(FuzzRequest request, RawAnswer answer)
    {
        if (!answer.Header("content-type").StartsWith("application/problem+json", StringComparison.Ordinal))
        {
            // Methods that no function takes, and paths that leave api/ once their dots and slashes are resolved, never reach one.
            return request.Method is "PROPFIND" or "get" or "TRACE" || request.Path.Contains("..", StringComparison.Ordinal) || request.Path.Contains("%2E", StringComparison.OrdinalIgnoreCase)
                ? null : "no problem details";
        }

        using var problem = JsonDocument.Parse(answer.Body);
        var title = problem.RootElement.GetProperty("title").GetString();
        var status = problem.RootElement.GetProperty("status").GetInt32();
        return string.IsNullOrWhiteSpace(title) || status != answer.Status ? "problem details that say nothing" : null;
    }

    private void Watch(string line)
    {
        if (line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal))
        {
            faults.Enqueue(line.Length > 3000 ? line[..3000] : line);
        }
    }

    private static async Task<List<string>> KnownIdsAsync(NightwatchApp app)
    {
        foreach (var number in Enumerable.Range(0, 6))
        {
            var webhook = FuzzBodies.Webhook("api/alerts/alertmanager", new Random(number));
            using var stored = await app.Http.PostAsync("api/alerts/alertmanager", new StringContent(webhook.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
            stored.EnsureSuccessStatusCode();
        }

        await Eventually.TrueAsync(async () => (await app.Http.GetFromJsonAsync<JsonElement>("api/incidents", Stop)).GetProperty("incidents").GetArrayLength() > 0, "an incident");
        var incidents = await app.Http.GetFromJsonAsync<JsonElement>("api/incidents?pageSize=1", Stop);
        var alerts = await app.Http.GetFromJsonAsync<JsonElement>("api/alerts?pageSize=1", Stop);
        var ids = incidents.GetProperty("incidents").EnumerateArray().Concat(alerts.GetProperty("alerts").EnumerateArray())
            .SelectMany(item => item.EnumerateObject())
            .Where(member => member.Name.EndsWith("id", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String)
            .Select(member => member.Value.GetString()!);
        return [.. ids, .. new[] { incidents, alerts }.Where(page => page.TryGetProperty("continuationToken", out _)).Select(page => page.GetProperty("continuationToken").GetString()!)];
    }

    private static long ResidentMegabytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
