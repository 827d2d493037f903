using Nightwatch.Domain.Alerts;

namespace Nightwatch.Domain.Incidents;

/// <summary>An episode with all that its correlation needs to know.</summary>
internal sealed record EpisodeInput
{
    public required AlertEpisode Episode { get; init; }

    public required AnalysisDecision Analysis { get; init; }

    public Suppression? Suppression { get; init; }

    /// <summary>The incident of the latest earlier episode of the same alert.</summary>
    public string? PreviousIncidentId { get; init; }

    public bool Flapping { get; init; }
}

/// <summary>What is to be written on an episode.</summary>
internal sealed record EpisodeStamp(string EpisodeId, string? IncidentId, string JoinedBecause, AlertStatus CountedAs, long Revision);

internal sealed record CorrelationResult(
    CorrelationWindow Window, bool IsChanged, IReadOnlyList<EpisodeStamp> Stamps, IReadOnlyCollection<string> OpenedIncidentIds);

/// <summary>
/// Decides which incident each episode belongs to and how the incidents' counts change. Pure: the same window and episodes give the same answer, and what is
/// decided already (pending or stamped) stays as it is, so that a repeat changes nothing.
/// </summary>
internal sealed partial class CorrelationDecision
{
    private const int MaxFacets = 40;

    private readonly CorrelationWindow before;
    private readonly CorrelationOptions options;
    private readonly long revision;
    private readonly DateTimeOffset now;
    private readonly IReadOnlyDictionary<string, Incident> stored;
    private readonly Dictionary<string, WindowIncident> incidents;
    private readonly List<string> order;
    private readonly Dictionary<string, PendingEpisode> pending;
    private readonly Dictionary<string, EpisodeStamp> stamps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> placed = new(StringComparer.Ordinal);
    private readonly FacetIndex<string> known = new();
    private readonly HashSet<string> opened = new(StringComparer.Ordinal);
    private bool isChanged;

    private CorrelationDecision(CorrelationWindow window, IReadOnlyDictionary<string, Incident> stored, CorrelationOptions options, DateTimeOffset now)
    {
        before = window;
        this.stored = stored;
        this.options = options;
        this.now = now;
        revision = Math.Max(window.Revision + 1, now.ToUnixTimeMilliseconds());
        incidents = window.Incidents.ToDictionary(i => i.Id, StringComparer.Ordinal);
        order = [.. window.Incidents.Select(i => i.Id)];
        pending = new Dictionary<string, PendingEpisode>(window.Pending, StringComparer.Ordinal);
        foreach (var incident in window.Incidents)
        {
            foreach (var facet in incident.Facets)
            {
                known.Add(facet, incident.Id);
            }
        }
    }

    private sealed record Undecided(EpisodeInput Input, AlertFacet Facet)
    {
        public bool IsPlaced { get; set; }
    }

    /// <param name="stored">Incidents that the episodes belong or belonged to and that the window does not hold.</param>
    /// <param name="settled">Pending episodes whose own document says by now what was decided, or that are gone.</param>
    public static CorrelationResult Decide(
        CorrelationWindow window,
        IReadOnlyList<EpisodeInput> episodes,
        IReadOnlyDictionary<string, Incident> stored,
        IReadOnlyCollection<string> settled,
        CorrelationOptions options,
        DateTimeOffset now)
    {
        var decision = new CorrelationDecision(window, stored, options, now);
        foreach (var id in settled)
        {
            decision.pending.Remove(id);
        }

        decision.Run(episodes);
        return decision.Finish();
    }

    private void Run(IReadOnlyList<EpisodeInput> episodes)
    {
        var undecided = new List<Undecided>();
        foreach (var input in episodes.OrderBy(e => e.Episode.StartsAt).ThenBy(e => e.Episode.Id, StringComparer.Ordinal))
        {
            if (IncidentIdOf(input.Episode) is { } incidentId)
            {
                Recount(input, incidentId);
            }
            else
            {
                undecided.Add(new Undecided(input, AlertFacet.Of(input.Episode)));
            }
        }

        var waiting = new FacetIndex<Undecided>();
        foreach (var one in undecided)
        {
            waiting.Add(one.Facet, one);
        }

        // Earlier first: each joins what is there, or opens an incident that those after it may join, directly or through others.
        foreach (var one in undecided)
        {
            if (!one.IsPlaced && (JoinPrevious(one.Input) ?? JoinRelated(one) ?? Open(one.Input)) is { } joined)
            {
                Admit(one, joined.IncidentId, joined.Because);
                Spread(one, joined.IncidentId, waiting);
            }
        }
    }

    private string? IncidentIdOf(AlertEpisode episode) =>
        pending.GetValueOrDefault(episode.Id)?.IncidentId ?? (episode.CountedAs is null ? null : episode.IncidentId);

    private void Admit(Undecided one, string incidentId, string because)
    {
        var (input, facet) = (one.Input, one.Facet);
        var incident = Count(Absorb(incidents[incidentId], input), null, input.Episode);
        var facets = incident.Facets.Where(f => !f.IsSameSubject(facet)).Append(facet with { At = Latest(incident.Facets, facet) }).TakeLast(MaxFacets);
        Put(incident with
        {
            Episodes = incident.Episodes + 1,
            StartsAt = input.Episode.StartsAt < incident.StartsAt ? input.Episode.StartsAt : incident.StartsAt,
            Severity = Severities.Higher(incident.Severity, Severities.Normalise(input.Episode.Labels)),
            CommonLabels = incident.Episodes == 0 ? incident.CommonLabels : IncidentText.Common(incident.CommonLabels, input.Episode.Labels),
            Targets = IncidentAccess.With(incident.Targets, input.Episode),
            Facets = [.. facets],
        });
        known.Add(facet, incidentId);
        one.IsPlaced = true;
        placed[input.Episode.Fingerprint] = incidentId;
        Decided(input.Episode, incidentId, because);
    }

    private static DateTimeOffset Latest(IReadOnlyList<AlertFacet> facets, AlertFacet facet) =>
        facets.FirstOrDefault(f => f.IsSameSubject(facet)) is { } same && same.At > facet.At ? same.At : facet.At;

    private WindowIncident? FindOrReadmit(string id)
    {
        if (incidents.TryGetValue(id, out var incident))
        {
            return incident;
        }

        return stored.TryGetValue(id, out var document) ? IncidentProjection.Readmit(document) : null;
    }

    private static WindowIncident Fresh(string id, EpisodeInput input) => new()
    {
        Id = id,
        FirstEpisodeId = input.Episode.Id,
        Title = IncidentText.Title(input.Episode),
        Severity = Severities.Normalise(input.Episode.Labels),
        StartsAt = input.Episode.StartsAt,
        CommonLabels = IncidentText.Bounded(input.Episode.Labels),
        Targets = [],
        SuppressedBecause = input.Suppression?.Reason,
        Analysis = input.Analysis,
        WantsInvestigation = input.Analysis.Investigate && input.Suppression is null && input.Episode.SeenFiring,
    };

    private void Put(WindowIncident incident)
    {
        if (!incidents.ContainsKey(incident.Id))
        {
            order.Add(incident.Id);
        }

        incidents[incident.Id] = incident with { Revision = revision, UpdatedAt = now };
        isChanged = true;
    }

    private void Decided(AlertEpisode episode, string incidentId, string because)
    {
        pending[episode.Id] = new PendingEpisode { IncidentId = incidentId, CountedAs = episode.Status, JoinedBecause = because, Revision = revision };
        stamps[episode.Id] = new EpisodeStamp(episode.Id, incidentId, because, episode.Status, revision);
        isChanged = true;
    }

    /// <summary>
    /// Forgets what can no longer be joined. An incident with pending episodes stays: until they are written, its own document may lag behind.
    /// </summary>
    private CorrelationResult Finish()
    {
        var busy = pending.Values.Select(p => p.IncidentId).ToHashSet(StringComparer.Ordinal);
        var horizon = options.Window + options.CoolDown;
        var recent = order.Select(id => incidents[id]).Where(i => busy.Contains(i.Id) || now - i.UpdatedAt <= horizon).ToList();
        var excess = recent.Count - options.MaxIncidents;
        if (excess > 0)
        {
            var oldest = recent.Where(i => !busy.Contains(i.Id)).OrderBy(i => i.UpdatedAt).Take(excess).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
            recent.RemoveAll(i => oldest.Contains(i.Id));
        }

        var window = isChanged ? before with { Revision = revision, Incidents = recent, Pending = pending } : before;
        return new CorrelationResult(window, isChanged, [.. stamps.Values], opened);
    }
}
