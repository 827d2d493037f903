using System.ComponentModel;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools.Alerting;

public enum AlertState
{
    Active,
    Suppressed,
    Unprocessed,
}

public sealed record ListAlertsArguments
{
    [Description("Only alerts in this state; suppressed ones are silenced or inhibited.")]
    public AlertState? State { get; init; }
}

/// <summary>list_alerts: what the alerting system holds now.</summary>
internal sealed class ListAlertsTool(IDatasources sources) : Tool<ListAlertsArguments>(
    "list_alerts",
    "Lists the alerts that the alerting system holds now, newest first. Data: {alerts: [{fingerprint, labels, annotations, starts_at, state, silenced_by, inhibited_by, generator_url}], total}.",
    Permission.ReadAlerts,
    ToolEffects.Reads)
{
    private const string Invocation = "GET /api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true";

    protected override async Task<ToolResult> RunAsync(Caller caller, ListAlertsArguments arguments, CancellationToken cancellationToken)
    {
        var (source, failure) = await sources.ForFilteringAsync<IAlertSource>(
            caller, Permission.ReadAlerts, "alerts", "ALERTMANAGER_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return failure! with { Invocation = Invocation };
        }

        return await AskAsync(Invocation, source.AlertsPage?.AbsoluteUri, async () =>
        {
            var wanted = arguments.State is { } state ? ToolJson.ToElement(state).GetString() : null;
            var alerts = (await source.ListAlertsAsync(cancellationToken).ConfigureAwait(false))
                .Where(a => (wanted is null || a.State == wanted) && caller.May(Permission.ReadAlerts, AccessTarget.Of(a.Labels, source.Name)))
                .OrderByDescending(a => a.StartsAt)
                .ThenBy(a => a.Fingerprint, StringComparer.Ordinal)
                .Select(AlertView.Of)
                .ToList();
            return alerts.Count == 0
                ? Outcome.NoData(wanted is null ? "The alerting system holds no alerts." : $"No alert is {wanted}.")
                : Outcome.Success(new AlertsData(alerts, alerts.Count));
        }).ConfigureAwait(false);
    }

    private sealed record AlertsData(IReadOnlyList<AlertView> Alerts, int Total);

    private sealed record AlertView
    {
        public required string Fingerprint { get; init; }

        public required IReadOnlyDictionary<string, string> Labels { get; init; }

        public required IReadOnlyDictionary<string, string> Annotations { get; init; }

        public required DateTimeOffset StartsAt { get; init; }

        public required string State { get; init; }

        public required IReadOnlyList<string> SilencedBy { get; init; }

        public required IReadOnlyList<string> InhibitedBy { get; init; }

        public required string? GeneratorUrl { get; init; }

        public static AlertView Of(ActiveAlert alert) => new()
        {
            Fingerprint = alert.Fingerprint,
            Labels = alert.Labels,
            Annotations = alert.Annotations,
            StartsAt = alert.StartsAt,
            State = alert.State,
            SilencedBy = alert.SilencedBy,
            InhibitedBy = alert.InhibitedBy,
            GeneratorUrl = alert.GeneratorUrl,
        };
    }
}
