using System.Net.Http.Json;
using System.Text.Json;
using Nightwatch.Domain.Alerts;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Alerts;

public sealed class AlertFingerprintTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_RandomLabels_IsWhatARealAlertmanagerComputes()
    {
        await using var alertmanager = await AlertmanagerServer.StartAsync("route: { receiver: none }\nreceivers: [{ name: none }]\n", Cancel);
        using var client = new HttpClient { BaseAddress = alertmanager.Url };
        var random = new Random(7);
        var sent = Enumerable.Range(0, 200).Select(i => RandomLabels(random, i)).ToList();
        var now = DateTimeOffset.UtcNow;
        using var posted = await client.PostAsJsonAsync("api/v2/alerts", sent.Select(labels => new { labels, startsAt = now, endsAt = now.AddHours(1) }), Cancel);
        Assert.True(posted.IsSuccessStatusCode, await posted.Content.ReadAsStringAsync(Cancel));
        var held = await client.GetFromJsonAsync<List<JsonElement>>("api/v2/alerts", Cancel);
        Assert.Equal(sent.Select(AlertFingerprint.Of).Order(StringComparer.Ordinal), held!.Select(a => a.GetProperty("fingerprint").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_AnyOrderAndEmptyValues_IsTheSame()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var labels = RandomLabels(random, i);
            var shuffled = labels.OrderBy(_ => random.Next()).Append(new("zz_empty", "")).ToDictionary(l => l.Key, l => l.Value);
            var fingerprint = AlertFingerprint.Of(labels);
            Assert.Equal(fingerprint, AlertFingerprint.Of(shuffled));
            Assert.True(AlertFingerprint.IsValid(fingerprint));
            shuffled["n"] = "other";
            Assert.NotEqual(fingerprint, AlertFingerprint.Of(shuffled));
        }
    }

    [Fact]
    public void Of_MovedBoundaryBetweenNameAndValue_Differs() =>
        Assert.NotEqual(AlertFingerprint.Of(new Dictionary<string, string> { ["ab"] = "c" }), AlertFingerprint.Of(new Dictionary<string, string> { ["a"] = "bc" }));

    [Fact]
    public void Of_NamesBeyondTheBasicPlane_AreSortedByTheirBytes()
    {
        // U+FF21 comes before U+1F600 in UTF-8 and after its surrogates in UTF-16.
        var labels = new Dictionary<string, string> { ["\uFF21"] = "1", ["\U0001F600"] = "2" };
        ulong hash = 14695981039346656037;
        foreach (var text in new[] { "\uFF21", "1", "\U0001F600", "2" })
        {
            foreach (var b in System.Text.Encoding.UTF8.GetBytes(text).Append((byte)0xff))
            {
                hash = (hash ^ b) * 1099511628211;
            }
        }

        Assert.Equal(hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), AlertFingerprint.Of(labels));
    }

    private static Dictionary<string, string> RandomLabels(Random random, int number)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = $"Alert{number}", ["n"] = $"{number}" };
        for (var i = random.Next(8); i > 0; i--)
        {
            var name = "l_" + (char)('a' + random.Next(26)) + (random.Next(2) == 0 ? "_X" : "x");
            labels[name] = random.Next(4) switch { 0 => "grüße, 世界 😀", 1 => new string('v', random.Next(1, 900)), 2 => "a\"b\\c\n d", _ => $"{random.Next()}" };
        }

        return labels;
    }
}
