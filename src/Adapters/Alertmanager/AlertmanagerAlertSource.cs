using System.Text.Json;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Alertmanager;

/// <summary>Alertmanager's HTTP API v2, written from its OpenAPI document (api/v2/openapi.yaml).</summary>
internal sealed class AlertmanagerAlertSource(IHttpClientFactory clients, SourceOptions options, TimeProvider time) : IAlertSource, IDescribedSource
{
    public const string ClientName = "alertmanager";

    private readonly SourceClient source = new(clients, ClientName, options, Explain, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public SourceDescription Description => options.Describe(DatasourceTypes.Alertmanager);

    public async Task<string?> CheckAsync(CancellationToken cancellationToken) =>
        (await source.GetAsync<StatusReport>("api/v2/status", cancellationToken).ConfigureAwait(false)).VersionInfo?.Version is { Length: > 0 } version
            ? FailureText.Shorten(version)
            : null;

    public Uri? AlertsPage => new(options.ExternalUrl, "#/alerts?silenced=true&inhibited=true&active=true");

    public Uri? SilencesPage => new(options.ExternalUrl, "#/silences");

    public async Task<IReadOnlyList<ActiveAlert>> ListAlertsAsync(CancellationToken cancellationToken)
    {
        var answers = await source.GetListAsync<AlertAnswer>(
            "api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", cancellationToken).ConfigureAwait(false);
        return
        [
            .. answers.Select(static a => new ActiveAlert
            {
                Fingerprint = a.Fingerprint,
                Labels = a.Labels,
                Annotations = a.Annotations,
                StartsAt = a.StartsAt.ToUniversalTime(),
                EndsAt = a.EndsAt.ToUniversalTime(),
                UpdatedAt = a.UpdatedAt.ToUniversalTime(),
                State = a.Status.State,
                SilencedBy = a.Status.SilencedBy ?? [],
                InhibitedBy = a.Status.InhibitedBy ?? [],
                GeneratorUrl = string.IsNullOrEmpty(a.GeneratorURL) ? null : a.GeneratorURL,
            }),
        ];
    }

    public async Task<IReadOnlyList<AlertSilence>> ListSilencesAsync(CancellationToken cancellationToken)
    {
        var answers = await source.GetListAsync<SilenceAnswer>("api/v2/silences", cancellationToken).ConfigureAwait(false);
        return
        [
            .. answers.Select(static s => new AlertSilence
            {
                Id = s.Id,
                State = s.Status.State,
                Matchers = [.. s.Matchers.Where(m => m is not null).Select(m => new SilenceMatcher(m.Name, m.Value, m.IsRegex, m.IsEqual ?? true))],
                StartsAt = s.StartsAt.ToUniversalTime(),
                EndsAt = s.EndsAt.ToUniversalTime(),
                CreatedBy = s.CreatedBy ?? "",
                Comment = s.Comment ?? "",
            }),
        ];
    }

    /// <summary>Errors are a JSON string.</summary>
    private static (SourceFailure, string)? Explain(RefusedAnswer refused)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(refused.Body) switch
            {
                { ValueKind: JsonValueKind.String } text => (SourceClient.FailureOf(refused.Status), text.GetString()!),
                { ValueKind: JsonValueKind.Object } problem when problem.TryGetProperty("message", out var text) => (SourceClient.FailureOf(refused.Status), text.ToString()),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
