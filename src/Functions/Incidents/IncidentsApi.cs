using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Incidents;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Incidents;

/// <summary>Incidents, newest first, and what Nightwatch found about its own work.</summary>
public sealed class IncidentsApi(ListIncidents list, ReadIncident read, ListFindings findings)
{
    [Function("ListIncidents")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/incidents")] HttpRequest request, CancellationToken cancellationToken)
    {
        var asked = new PageRequest(request.Query);
        if (asked.Problem is { } problem)
        {
            return problem;
        }

        var outcome = await list.ListAsync(Tenants.Default, asked.Text("status"), asked.PageSize, asked.Text("continuationToken"), cancellationToken);
        return asked.Answer(outcome);
    }

    [Function("ReadIncident")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/incidents/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        await read.ReadAsync(Tenants.Default, id, cancellationToken) is { } view ? Answers.Json(view) : Answers.NotFound($"incident {id}");

    [Function("ListFindings")]
    [Requires(Permission.ReadIncidents)]
    public async Task<IResult> FindingsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/findings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var asked = new PageRequest(request.Query);
        return asked.Problem ?? asked.Answer(await findings.ListAsync(Tenants.Default, asked.PageSize, asked.Text("continuationToken"), cancellationToken));
    }
}
