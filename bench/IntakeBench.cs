using System.Diagnostics;
using System.Globalization;
using System.Net;
using Nightwatch.Support;

namespace Nightwatch.Bench;

/// <summary>Acknowledged alerts per second: every alert is new, so each is a durable write before its webhook's 202.</summary>
internal static class IntakeBench
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var senders in new[] { 1, 16 })
        {
            await using var azurite = await Azurite.StartAsync(cancellationToken);
            using var state = new ScratchDirectory();
            await using var app = await NightwatchApp.StartAsync(state.Path, azurite.ConnectionString, null, cancellationToken);
            await SendAsync(app, senders, TimeSpan.FromSeconds(3), cancellationToken);
            var (samples, rate) = await SendAsync(app, senders, Length, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {senders,2} senders x {AlertBodies.AlertsPerWebhook} alerts: {rate:0} alerts/s acknowledged, per webhook {samples}"));
        }
    }

    public static async Task<(Samples Samples, double AlertsPerSecond)> SendAsync(NightwatchApp app, int senders, TimeSpan length, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var run = Guid.NewGuid().ToString("N")[..6];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetElapsedTime(started) < length)
                {
                    using var body = AlertBodies.Webhook(run, groups: 20);
                    var sent = Stopwatch.GetTimestamp();
                    using var answer = await app.Http.PostAsync("api/alerts/alertmanager", body, cancellationToken);
                    samples.AddSince(sent);
                    if (answer.StatusCode != HttpStatusCode.Accepted)
                    {
                        throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                    }
                }
            },
            cancellationToken)));
        return (samples, samples.Count * AlertBodies.AlertsPerWebhook / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
