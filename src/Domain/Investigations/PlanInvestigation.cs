using System.Text.Json.Nodes;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Incidents;
using Nightwatch.Domain.Investigations.Planning;
using Nightwatch.Domain.Investigations.Reasoning;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;
using Nightwatch.Domain.Tools;

namespace Nightwatch.Domain.Investigations;

/// <summary>A stored question that is to be asked now.</summary>
public sealed record PlannedStep
{
    public required string StepId { get; init; }

    public required int TimeoutSeconds { get; init; }
}

/// <summary>
/// Decides what a round asks. The steps are stored before they are handed out, so asking for the same round again (a replay, another process) gives the
/// same steps whatever has become known since.
/// </summary>
public sealed class PlanInvestigation(
    IDocuments<Investigation> investigations,
    IDocuments<AlertEpisode> episodes,
    IDocuments<Incident> incidents,
    IDocuments<Evidence> evidence,
    IToolCatalog tools,
    TimeProvider time)
{
    /// <summary>Questions that one investigation may ask.</summary>
    public const int MaxSteps = 60;

    private const int MaxTries = 8;

    /// <summary>The steps of the round (1 to 3); empty when there is no such round, the round before is not planned, or there is nothing more to ask.</summary>
    public async Task<IReadOnlyList<PlannedStep>> PlanAsync(string tenant, string investigationId, int round, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MaxTries; i++)
        {
            if (await investigations.ReadAsync(tenant, investigationId, cancellationToken).ConfigureAwait(false) is not { } read
                || read.Value.Status == InvestigationStatus.Concluded
                || round < 1 || round > read.Value.RoundsPlanned + 1 || !InvestigationFlow.HasRound(read.Value.Depth, round))
            {
                return [];
            }

            if (round <= read.Value.RoundsPlanned)
            {
                return StepsOf(read.Value, round);
            }

            var planned = await PlanAsync(tenant, read.Value, round, cancellationToken).ConfigureAwait(false);
            var written = await investigations.WriteAsync(tenant, DocumentWrite<Investigation>.Replace(read, planned), cancellationToken).ConfigureAwait(false);
            if (written.Written)
            {
                return StepsOf(planned, round);
            }
        }

        throw new StoreUnavailableException($"The investigation {investigationId} kept changing while its round {round} was planned.");
    }

    /// <summary>
    /// When the round should be planned: null for now, or a time at most half a minute away when what it measures has only just begun. It is worth one wait;
    /// whoever waited plans the round without asking again.
    /// </summary>
    public async Task<DateTimeOffset?> NotBeforeAsync(string tenant, string investigationId, int round, CancellationToken cancellationToken)
    {
        if (round != 2
            || await investigations.ReadAsync(tenant, investigationId, cancellationToken).ConfigureAwait(false) is not { Value: { RoundsPlanned: 1, Subject: { } subject } investigation }
            || investigation.Status == InvestigationStatus.Concluded || !InvestigationFlow.HasRound(investigation.Depth, round))
        {
            return null;
        }

        var known = await InvestigationEvidence.ReadAsync(evidence, tenant, investigation, cancellationToken).ConfigureAwait(false);
        return Settling.NotBefore(subject, known, time.GetUtcNow());
    }

    private static List<PlannedStep> StepsOf(Investigation investigation, int round) =>
        [.. investigation.Steps.Where(s => s.Round == round).Select(s => new PlannedStep { StepId = s.Id, TimeoutSeconds = s.TimeoutSeconds })];

    private async Task<Investigation> PlanAsync(string tenant, Investigation investigation, int round, CancellationToken cancellationToken)
    {
        var names = (await tools.ToolsForAsync(tenant, cancellationToken).ConfigureAwait(false)).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var list = new StepList(round, MaxSteps - investigation.Steps.Count, names);
        var subject = investigation.Subject ?? await SubjectAsync(tenant, investigation, names, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        if (round == 1)
        {
            FirstRound.Plan(list, subject, now);
        }
        else
        {
            var known = await InvestigationEvidence.ReadAsync(evidence, tenant, investigation, cancellationToken).ConfigureAwait(false);
            if (round == 2)
            {
                LaterRounds.PlanSecond(list, subject, known, now);
            }
            else if (investigation.Depth == InvestigationDepth.Deep || FaultOrigins.Find(SignalBoard.Read(subject, known)).Any(o => o.Component != subject.Service))
            {
                LaterRounds.PlanThird(list, subject, known, now);
            }
        }

        return investigation with
        {
            Status = InvestigationStatus.Gathering,
            Subject = subject,
            Steps = [.. investigation.Steps, .. list.Steps],
            NotAsked = [.. investigation.NotAsked, .. list.NotAsked.Except(investigation.NotAsked)],
            RoundsPlanned = round,
        };
    }

    private async Task<InvestigationSubject> SubjectAsync(
        string tenant, Investigation investigation, HashSet<string> names, CancellationToken cancellationToken)
    {
        var all = await EpisodesAsync(tenant, investigation.IncidentId, cancellationToken).ConfigureAwait(false);
        if (all.Count == 0)
        {
            return await FallbackAsync(tenant, investigation, cancellationToken).ConfigureAwait(false);
        }

        var telling = SubjectReader.MostTelling(all);
        var expression = SubjectReader.ExpressionOf(telling.GeneratorUrl)
            ?? await RuleAsync(GatherEvidence.Investigator(tenant, investigation.Id), telling.Name, names, cancellationToken).ConfigureAwait(false);
        var subject = SubjectReader.Read(telling, all, expression);
        return subject with { QuietSince = await QuietSinceAsync(tenant, subject, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>The end of the last episode around the subject that was over before this one began; one query on an index.</summary>
    private async Task<DateTimeOffset?> QuietSinceAsync(string tenant, InvestigationSubject subject, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery
        {
            Where = [FieldFilter.Equal("status", "resolved"), FieldFilter.AtLeast("startsAt", subject.StartsAt.AddHours(-1)), FieldFilter.Below("startsAt", subject.StartsAt)],
            OrderBy = "startsAt",
            Descending = true,
            PageSize = 100,
        };
        var page = await episodes.QueryAsync(tenant, query, cancellationToken).ConfigureAwait(false);
        return page.Documents.Select(d => d.Value).Where(e => e.EndsAt < subject.StartsAt && SubjectReader.IsAround(subject, e)).Max(e => e.EndsAt);
    }

    /// <summary>
    /// The earliest episodes; of an incident that was over and came back, those that fire now, since the others were another stretch of time.
    /// </summary>
    private async Task<List<AlertEpisode>> EpisodesAsync(string tenant, string incidentId, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery { Where = [FieldFilter.Equal("incidentId", incidentId)], OrderBy = "startsAt", PageSize = 100 };
        if ((await incidents.ReadAsync(tenant, incidentId, cancellationToken).ConfigureAwait(false))?.Value is { Reopened: > 0 })
        {
            var firing = await episodes.QueryAsync(
                tenant, query with { Where = [.. query.Where, FieldFilter.Equal("status", "firing")] }, cancellationToken).ConfigureAwait(false);
            if (firing.Documents.Count > 0)
            {
                return [.. firing.Documents.Select(d => d.Value)];
            }
        }

        return [.. (await episodes.QueryAsync(tenant, query, cancellationToken).ConfigureAwait(false)).Documents.Select(d => d.Value)];
    }

    /// <summary>An incident whose episodes are gone still has its common labels and its start.</summary>
    private async Task<InvestigationSubject> FallbackAsync(string tenant, Investigation investigation, CancellationToken cancellationToken)
    {
        var incident = (await incidents.ReadAsync(tenant, investigation.IncidentId, cancellationToken).ConfigureAwait(false))?.Value;
        var labels = incident?.CommonLabels ?? new Dictionary<string, string>();
        var label = Array.Find(ServiceLabels.Service, labels.ContainsKey);
        return new InvestigationSubject
        {
            AlertName = labels.GetValueOrDefault("alertname", investigation.Title),
            Labels = labels,
            StartsAt = incident?.StartsAt ?? investigation.ClaimedAt,
            Service = label is null ? null : labels[label],
            ServiceLabel = label,
            Instance = labels.GetValueOrDefault("instance"),
            Namespace = labels.GetValueOrDefault("namespace"),
            AlertedServices = label is null ? [] : [labels[label]],
        };
    }

    private async Task<string?> RuleAsync(Caller investigator, string alertName, HashSet<string> names, CancellationToken cancellationToken)
    {
        if (!names.Contains("get_alert_rule"))
        {
            return null;
        }

        var request = new ToolRequest
        {
            Name = "get_alert_rule",
            Caller = investigator,
            DecidedBy = ToolDecision.Rules,
            Arguments = new JsonObject { ["alertname"] = alertName }.ToJsonString(NightwatchJson.Options),
            Timeout = TimeSpan.FromSeconds(10),
        };
        var answer = await tools.InvokeAsync(request, cancellationToken).ConfigureAwait(false);
        return answer is { Status: ToolStatus.Success, Data: { ValueKind: System.Text.Json.JsonValueKind.Object } data }
            && data.TryGetProperty("rules", out var rules) && rules.ValueKind == System.Text.Json.JsonValueKind.Array && rules.GetArrayLength() > 0
            && rules[0].TryGetProperty("expression", out var expression)
            ? expression.GetString()
            : null;
    }
}
