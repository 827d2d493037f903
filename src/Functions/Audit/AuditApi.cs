using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Audit;

/// <summary>The audit trail: page by page, as a file, and whether it is whole.</summary>
public sealed class AuditApi(ListAudit list, SharedVerification verification)
{
    [Function("ListAudit")]
    [Requires(Permission.ReadAudit)]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => list.ListAsync(request.Caller().Tenant, FilterOf(asked), asked.PageSize, asked.ContinuationToken, cancellationToken),
            page => Answers.Json(new AuditPage([.. page.Items.Select(AuditEntry.Of)], page.ContinuationToken)));

    /// <summary>format is jsonl (default) or csv. An export that breaks off has lost its connection: there is no end of it to be mistaken for the whole.</summary>
    [Function("StreamAuditExport")]
    [Requires(Permission.ReadAudit)]
    public async Task<IResult> ExportAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit/export")] HttpRequest request, CancellationToken cancellationToken)
    {
        var asked = new ListQuery(request.Query);
        IAsyncEnumerable<AuditRecord> records;
        try
        {
            records = list.ExportAsync(request.Caller().Tenant, FilterOf(asked), cancellationToken);
        }
        catch (ArgumentException wrong)
        {
            return Answers.Problem(StatusCodes.Status400BadRequest, "A parameter is not acceptable", wrong.Message, wrong.ParamName);
        }

        if (asked.Text("format") is not (null or "jsonl" or "csv"))
        {
            return Answers.Problem(StatusCodes.Status400BadRequest, "Unknown format", "format is jsonl or csv.", "format");
        }

        await AuditExport.WriteAsync(records, asked.Text("format") == "csv", request.HttpContext.Response, cancellationToken);
        return Results.Empty;
    }

    [Function("VerifyAudit")]
    [Requires(Permission.ReadAudit)]
    public async Task<IResult> VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit/verification")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Json(await verification.VerifyAsync(request.Caller().Tenant, cancellationToken));

    private static AuditFilter FilterOf(ListQuery asked) => new()
    {
        Actor = asked.Text("actor"),
        Action = asked.Text("action"),
        Outcome = asked.Choice<AuditOutcome>("outcome"),
        CorrelationId = asked.Text("correlation"),
        From = asked.Time("from"),
        To = asked.Time("to"),
    };
}

public sealed record AuditPage(IReadOnlyList<AuditEntry> Records, string? ContinuationToken);
