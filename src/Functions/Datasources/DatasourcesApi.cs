using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Datasources;

/// <summary>Datasources of the caller's tenant. Credentials go in and never come out.</summary>
public sealed class DatasourcesApi(ManageDatasources manage, ReadDatasources read, IAuditTrail audit)
{
    [Function("CreateDatasource")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/grafana/datasources")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (trial, wrong) = DatasourceAnswers.TrialOf(request);
        var (wish, refusal) = await JsonBody.ReadAsync<DatasourceWish>(request, cancellationToken);
        if (wish is null || trial is null)
        {
            return wrong ?? refusal!;
        }

        var outcome = await manage.CreateAsync(request.Caller(), wish, trial, cancellationToken);
        return await AnswerAsync(request, outcome, "created", StatusCodes.Status201Created, cancellationToken);
    }

    [Function("ListDatasources")]
    [Requires(Permission.ReadDashboards)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/grafana/datasources")] HttpRequest request, CancellationToken cancellationToken)
    {
        var found = await read.ListAsync(request.Caller(), new ListQuery(request.Query).Text("type"), cancellationToken);
        return Answers.Json(new DatasourceList(found, found.Count));
    }

    [Function("GetDatasource")]
    [Requires(Permission.ReadDashboards)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/grafana/datasources/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var (trial, wrong) = DatasourceAnswers.TrialOf(request);
        if (trial is null)
        {
            return wrong!;
        }

        var found = await read.GetAsync(request.Caller(), id, trial.Test, cancellationToken);
        return found is null ? Answers.NotFound($"datasource {id}") : DatasourceAnswers.WithETag(request, found.ETag, Answers.Json(found.Entry));
    }

    [Function("ReplaceDatasource")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/grafana/datasources/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var (trial, wrong) = DatasourceAnswers.TrialOf(request);
        var (wish, refusal) = await JsonBody.ReadAsync<DatasourceWish>(request, cancellationToken);
        if (wish is null || trial is null)
        {
            return wrong ?? refusal!;
        }

        var outcome = await manage.ReplaceAsync(request.Caller(), id, wish, DatasourceAnswers.IfMatch(request), trial, cancellationToken);
        return await AnswerAsync(request, outcome, "changed", StatusCodes.Status200OK, cancellationToken, id);
    }

    [Function("DeleteDatasource")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/grafana/datasources/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var outcome = await manage.DeleteAsync(request.Caller(), id, DatasourceAnswers.IfMatch(request), cancellationToken);
        return await AnswerAsync(request, outcome, "removed", StatusCodes.Status200OK, cancellationToken, id);
    }

    private async Task<IResult> AnswerAsync(
        HttpRequest request, DatasourceOutcome outcome, string change, int status, CancellationToken cancellationToken, string id = "")
    {
        if (outcome is not { Kind: DatasourceOutcomeKind.Done, Entry: { } entry })
        {
            return DatasourceAnswers.Problem(outcome, id);
        }

        await RecordAsync(request, entry, outcome, change, cancellationToken);
        return DatasourceAnswers.WithETag(request, outcome.ETag, Answers.Json(entry, status));
    }

    private Task RecordAsync(HttpRequest request, DatasourceEntry entry, DatasourceOutcome outcome, string change, CancellationToken cancellationToken) => audit.RecordAsync(
        request.Caller().Did(AuditActions.ConfigurationChanged, $"datasource/{entry.Id}") with
        {
            Details = new Dictionary<string, string>
            {
                ["change"] = change,
                ["name"] = entry.Name,
                ["type"] = entry.Type,
                ["address"] = entry.Url?.GetLeftPart(UriPartial.Authority) ?? $"through {entry.Through?.Datasource}",
                ["fields"] = string.Join(' ', outcome.Changes),
            },
        },
        cancellationToken);
}

public sealed record DatasourceList(IReadOnlyList<DatasourceEntry> Datasources, int Total);
