using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Tools.History;

public sealed record FindSimilarIncidentsArguments
{
    [Description("Name of the alert to compare with.")]
    [Length(1, 512)]
    public string? Alertname { get; init; }

    [Description("Labels of the alert to compare with.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("Only incidents that began before this time (RFC 3339); now when left out.")]
    public DateTimeOffset? Before { get; init; }

    [Description("Most incidents to give; 5 when left out.")]
    [Range(1, 50)]
    public int? Limit { get; init; }
}

/// <summary>find_similar_incidents: the newest 300 incidents, compared as <see cref="IncidentSimilarity"/> says; those under 0.25 are not alike.</summary>
internal sealed class FindSimilarIncidentsTool(IDocuments<Incident> incidents, IDocuments<Investigation> investigations, TimeProvider time) : Tool<FindSimilarIncidentsArguments>(
    "find_similar_incidents",
    "Finds past incidents that resemble an alert, most alike first, with what was concluded and how they ended. Data: {incidents: [{id, title, starts_at, resolved_at, duration_seconds, conclusion, outcome, similarity}], total}.",
    Permission.ReadIncidents,
    ToolEffects.Reads)
{
    private const int MaxRead = 300;
    private const double LeastSimilarity = 0.25;

    protected override async Task<ToolResult> RunAsync(Caller caller, FindSimilarIncidentsArguments arguments, CancellationToken cancellationToken)
    {
        var labels = arguments.Labels ?? new Dictionary<string, string>();
        var before = arguments.Before ?? time.GetUtcNow();
        var invocation = $"find_similar_incidents alertname={arguments.Alertname ?? "*"} labels={ToolJson.ToElement(labels).GetRawText()} before={ToolLimits.Iso(before)}";
        if (arguments.Alertname is null && labels.Count == 0)
        {
            return Outcome.Error("Give alertname or labels, or both.") with { Invocation = invocation };
        }

        return await AskAsync(invocation, null, async () =>
        {
            var query = new DocumentQuery { Where = [FieldFilter.Below("startsAt", before)], OrderBy = "startsAt", Descending = true, PageSize = MaxRead };
            var page = await incidents.QueryAsync(caller.Tenant, query, cancellationToken).ConfigureAwait(false);
            var measure = new IncidentSimilarity(arguments.Alertname, labels);
            var alike = page.Documents
                .Select(d => IncidentAccess.Show(d.Value, caller)).OfType<Incident>()
                .Select(i => (Incident: i, Similarity: measure.Of(i)))
                .Where(i => i.Similarity >= LeastSimilarity)
                .OrderByDescending(i => i.Similarity)
                .ThenByDescending(i => i.Incident.StartsAt)
                .ThenBy(i => i.Incident.Id, StringComparer.Ordinal)
                .ToList();
            var older = page.ContinuationToken is null ? null : $"only the newest {MaxRead} incidents were compared";
            if (alike.Count == 0)
            {
                return Outcome.NoData(Outcome.Notes("No past incident is alike.", older)!);
            }

            var best = alike.Take(arguments.Limit ?? 5).ToList();
            var outcomes = await OutcomesAsync(caller, best.Select(b => b.Incident), cancellationToken).ConfigureAwait(false);
            return Outcome.Success(new IncidentsData([.. best.Select(b => IncidentView.Of(b.Incident, b.Similarity, outcomes))], alike.Count), older);
        }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyDictionary<string, Document<Investigation>>> OutcomesAsync(Caller caller, IEnumerable<Incident> best, CancellationToken cancellationToken)
    {
        var ids = best.Select(i => i.InvestigationId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        // What was concluded may speak of what a limited caller must not see.
        return ids.Count == 0 || !caller.ReadsEverything
            ? new Dictionary<string, Document<Investigation>>()
            : await investigations.ReadManyAsync(caller.Tenant, ids, cancellationToken).ConfigureAwait(false);
    }

    private sealed record IncidentsData(IReadOnlyList<IncidentView> Incidents, int Total);

    private sealed record IncidentView
    {
        public required string Id { get; init; }

        public required string Title { get; init; }

        public required DateTimeOffset StartsAt { get; init; }

        public required DateTimeOffset? ResolvedAt { get; init; }

        public required double? DurationSeconds { get; init; }

        public required string? Conclusion { get; init; }

        public required string? Outcome { get; init; }

        public required double Similarity { get; init; }

        public static IncidentView Of(Incident incident, double similarity, IReadOnlyDictionary<string, Document<Investigation>> investigations)
        {
            var investigation = incident.InvestigationId is { } id ? investigations.GetValueOrDefault(id)?.Value : null;
            return new IncidentView
            {
                Id = incident.Id,
                Title = incident.Title,
                StartsAt = incident.StartsAt,
                ResolvedAt = incident.ResolvedAt,
                DurationSeconds = incident.ResolvedAt is { } end ? (end - incident.StartsAt).TotalSeconds : null,
                Conclusion = incident.Conclusion ?? investigation?.Conclusion?.Summary,
                Outcome = investigation?.Outcome,
                Similarity = similarity,
            };
        }
    }
}
