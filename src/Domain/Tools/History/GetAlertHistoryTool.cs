using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tools.History;

public sealed record GetAlertHistoryArguments
{
    [Description("Only episodes of alerts with this name.")]
    [Length(1, 512)]
    public string? Alertname { get; init; }

    [Description("Only episodes of the alert with this fingerprint.")]
    [Length(1, 128)]
    public string? Fingerprint { get; init; }

    [Description("Only episodes that began at or after this time (RFC 3339); 30 days before end when left out.")]
    public DateTimeOffset? Start { get; init; }

    [Description("Only episodes that began before this time (RFC 3339); now when left out.")]
    public DateTimeOffset? End { get; init; }

    [Description("Most episodes to give; 50 when left out.")]
    [Range(1, 200)]
    public int? Limit { get; init; }
}

/// <summary>get_alert_history: when an alert fired before. At most 500 episodes are read, the newest of the time asked for.</summary>
internal sealed class GetAlertHistoryTool(IDocuments<AlertEpisode> episodes, TimeProvider time) : Tool<GetAlertHistoryArguments>(
    "get_alert_history",
    "Lists past and present episodes of alerts, newest first. Data: {episodes: [{id, name, fingerprint, status, starts_at, ends_at, labels, incident_id, flapping}], total}.",
    Permission.ReadAlerts,
    ToolEffects.Reads)
{
    private const int MaxRead = 500;

    protected override async Task<ToolResult> RunAsync(Caller caller, GetAlertHistoryArguments arguments, CancellationToken cancellationToken)
    {
        var end = arguments.End ?? time.GetUtcNow();
        var start = arguments.Start ?? end.AddDays(-30);
        var invocation = $"get_alert_history alertname={arguments.Alertname ?? "*"} fingerprint={arguments.Fingerprint ?? "*"} start={ToolLimits.Iso(start)} end={ToolLimits.Iso(end)}";
        if (start > end)
        {
            return Outcome.Error("start must not be after end.") with { Invocation = invocation };
        }

        return await AskAsync(invocation, null, async () =>
        {
            List<FieldFilter> filters = [FieldFilter.AtLeast("startsAt", start), FieldFilter.Below("startsAt", end)];
            if (arguments.Fingerprint is { } fingerprint)
            {
                filters.Insert(0, FieldFilter.Equal("fingerprint", fingerprint));
            }

            var query = new DocumentQuery { Where = filters, OrderBy = "startsAt", Descending = true, PageSize = MaxRead };
            var page = await episodes.QueryAsync(caller.Tenant, query, cancellationToken).ConfigureAwait(false);
            var found = page.Documents.Select(d => d.Value)
                .Where(e => arguments.Alertname is null || e.Name == arguments.Alertname)
                .Select(e => EpisodeAccess.Show(e, caller)).OfType<AlertEpisode>().ToList();
            var older = page.ContinuationToken is null ? null : $"only the newest {MaxRead} episodes of that time were looked at";
            var limit = arguments.Limit ?? 50;
            return found.Count == 0
                ? Outcome.NoData(Outcome.Notes("No episode is known in that time.", older)!)
                : Outcome.Success(
                    new EpisodesData([.. found.Take(limit).Select(EpisodeView.Of)], found.Count),
                    Outcome.Notes(older, found.Count > limit ? $"the newest {limit} of {found.Count} episodes are shown" : null));
        }).ConfigureAwait(false);
    }

    private sealed record EpisodesData(IReadOnlyList<EpisodeView> Episodes, int Total);

    private sealed record EpisodeView
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Fingerprint { get; init; }

        public required AlertStatus Status { get; init; }

        public required DateTimeOffset StartsAt { get; init; }

        public required DateTimeOffset? EndsAt { get; init; }

        public required IReadOnlyDictionary<string, string> Labels { get; init; }

        public required string? IncidentId { get; init; }

        public required bool Flapping { get; init; }

        public static EpisodeView Of(AlertEpisode episode) => new()
        {
            Id = episode.Id,
            Name = episode.Name,
            Fingerprint = episode.Fingerprint,
            Status = episode.Status,
            StartsAt = episode.StartsAt,
            EndsAt = episode.EndsAt,
            Labels = episode.Labels,
            IncidentId = episode.IncidentId,
            Flapping = episode.Flapping,
        };
    }
}
