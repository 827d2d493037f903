using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Incidents;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.Incidents;

/// <summary>Incidents, alerts and findings, newest first, page by page.</summary>
public sealed class IncidentsApi(ListIncidents incidents, ReadIncident incident, ListEpisodes episodes, ListFindings findings, ShownAnswers answers)
{
    [Function("ListIncidents")]
    [Requires(Permission.ReadIncidents)]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/incidents")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => incidents.ListAsync(
                request.Caller(),
                new IncidentFilter
                {
                    Status = asked.Choice<IncidentStatus>("status"),
                    StartedFrom = asked.Time("from"),
                    StartedBefore = asked.Time("to"),
                    PageSize = asked.PageSize,
                    ContinuationToken = asked.ContinuationToken,
                },
                cancellationToken),
            page => answers.Json(new IncidentPage(page.Items, page.ContinuationToken)));

    [Function("ReadIncident")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/incidents/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        await incident.ReadAsync(request.Caller(), id, cancellationToken) is { } view ? answers.Json(view) : Answers.NotFound($"incident {id}");

    [Function("ListAlerts")]
    [Requires(Permission.ReadAlerts)]
    public Task<IResult> AlertsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/alerts")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => episodes.ListAsync(
                request.Caller(),
                new EpisodeFilter
                {
                    Status = asked.Choice<AlertStatus>("status"),
                    Fingerprint = asked.Text("fingerprint"),
                    IncidentId = asked.Text("incident"),
                    StartedFrom = asked.Time("from"),
                    StartedBefore = asked.Time("to"),
                    PageSize = asked.PageSize,
                    ContinuationToken = asked.ContinuationToken,
                },
                cancellationToken),
            page => answers.Json(new AlertPage(page.Items, page.ContinuationToken)));

    [Function("ListFindings")]
    [Requires(Permission.ReadIncidents)]
    public Task<IResult> FindingsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/findings")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => findings.ListAsync(request.Caller(), asked.Text("kind"), asked.PageSize, asked.ContinuationToken, cancellationToken),
            page => answers.Json(new FindingPage(page.Items, page.ContinuationToken)));
}

public sealed record IncidentPage(IReadOnlyList<Incident> Incidents, string? ContinuationToken);

public sealed record AlertPage(IReadOnlyList<AlertEpisode> Alerts, string? ContinuationToken);

public sealed record FindingPage(IReadOnlyList<Finding> Findings, string? ContinuationToken);
