using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Domain.Serialization;

namespace Nightwatch.Domain.Tests.Governance.Masking;

public sealed class MaskedJsonTests
{
    private static readonly TextMasker Masker = new();

    [Fact]
    public void Serialize_SecretsInTextsLabelsAndTheirNames_AreMasked()
    {
        var made = new Made(11);
        var (key, password, token) = ("AKIA" + made.Text(Made.Upper, 16), made.Text(Made.Alnum, 20), "ghp_" + made.Text(Made.Alnum, 36));
        var episode = Episode("3f2a5b6c7d8e9f00") with
        {
            Labels = new Dictionary<string, string> { ["alertname"] = "X", ["api_key"] = password, [key] = "name" },
            Annotations = new Dictionary<string, string> { ["description"] = $"curl -H 'Authorization: Bearer {token}' failed", ["id"] = token },
            JoinedBecause = $"the same password={password}",
        };

        var shown = Shown(new { Alerts = new[] { episode } });

        Assert.DoesNotContain(key, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(password, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(token, shown, StringComparison.Ordinal);
        Assert.Contains(TextMasker.Masked, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Serialize_WithoutSecrets_ChangesNothing()
    {
        var random = new Random(12);
        var page = new
        {
            // Digits only, among them some that pass for the number of a card: what the reader gives back must not change.
            Alerts = Enumerable.Range(0, 3000).Select(_ => Episode($"4{random.NextInt64(100_000_000_000_000, 999_999_999_999_999)}")).ToList(),
            ContinuationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes("token=s3cr3tS3cr3tS3cr3t")),
        };

        Assert.Equal(JsonSerializer.Serialize(page, NightwatchJson.Options), Shown(page));
    }

    private static string Shown<T>(T value) => Encoding.UTF8.GetString(MaskedJson.Serialize(value, Masker).Span);

    private static AlertEpisode Episode(string fingerprint)
    {
        var at = new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);
        return new AlertEpisode
        {
            Id = AlertEpisode.IdOf(fingerprint, at),
            Tenant = "default",
            Fingerprint = fingerprint,
            Name = "HighErrorRate",
            Status = AlertStatus.Firing,
            Stage = EpisodeStage.Correlated,
            Labels = new Dictionary<string, string> { ["alertname"] = "HighErrorRate", ["instance"] = "10.0.0.7:9100", ["pod"] = "orders-7d9f8b6c5-x2x9z" },
            Annotations = new Dictionary<string, string> { ["summary"] = "5 % of requests fail", ["runbook_url"] = "https://wiki.example/runbooks/errors?id=12" },
            StartsAt = at,
            GeneratorUrl = "http://prometheus.example/graph?g0.expr=rate%28errors_total%5B5m%5D%29&g0.tab=1",
            GroupKey = "{}:{alertname=\"HighErrorRate\"}",
            Source = "alertmanager",
            ReceivedAt = at,
            ChangedAt = at,
            IncidentId = $"inc-{AlertEpisode.IdOf(fingerprint, at)}",
        };
    }
}
