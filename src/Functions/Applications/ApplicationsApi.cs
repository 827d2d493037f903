using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Applications;

/// <summary>Application profiles of the caller's tenant, as JSON and as YAML.</summary>
public sealed class ApplicationsApi(ApplicationProfiles profiles, ProposalAnswers proposals, IAuditTrail audit)
{
    [Function("ListApplications")]
    [Requires(Permission.ReadMetrics)]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/applications")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => profiles.ListAsync(request.Caller(), asked.PageSize, asked.ContinuationToken, cancellationToken),
            page => Answers.Json(new ApplicationPage([.. page.Items.Select(ApplicationSummary.Of)], page.ContinuationToken)));

    [Function("ReadApplication")]
    [Requires(Permission.ReadMetrics)]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/applications/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        request.HttpContext.Response.Headers.Append("Vary", "Accept");
        if (await profiles.ReadAsync(request.Caller(), id, cancellationToken) is not { } read)
        {
            return Answers.NotFound($"application {Shown(id)}");
        }

        EntityTags.Set(request.HttpContext.Response, read.ETag);
        return YamlBody.IsWanted(request)
            ? Results.Text(ApplicationYamlWriter.Write(read.Value), YamlBody.MediaType, Encoding.UTF8)
            : Answers.Json(read.Value);
    }

    [Function("CreateApplication")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/applications")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Query["propose"].ToString() == "true")
        {
            return await proposals.AnswerAsync(request, cancellationToken);
        }

        var (sent, refusal) = await ApplicationBody.ReadAsync(request, cancellationToken);
        if (sent is null)
        {
            return refusal!;
        }

        var outcome = await profiles.CreateAsync(request.Caller(), sent.Profiles, sent.PathOf, cancellationToken);
        if (outcome.Verdict != ApplicationVerdict.Done)
        {
            return Refused(outcome, sent);
        }

        foreach (var stored in outcome.Stored)
        {
            await RecordAsync(request, stored.Value, "created", cancellationToken);
        }

        if (sent.IsList)
        {
            return Answers.Json(new ApplicationPage([.. outcome.Stored.Select(s => ApplicationSummary.Of(s.Value))], null), StatusCodes.Status201Created);
        }

        request.HttpContext.Response.Headers.Location = $"/api/applications/{outcome.Stored[0].Id}";
        return Answer(request, outcome.Stored[0], StatusCodes.Status201Created);
    }

    [Function("ReplaceApplication")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/applications/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var (expected, wrong) = EntityTags.Expected(request);
        if (wrong is not null)
        {
            return wrong;
        }

        var (sent, refusal) = await ApplicationBody.ReadAsync(request, cancellationToken, id);
        if (sent is null)
        {
            return refusal!;
        }

        var outcome = await profiles.ReplaceAsync(request.Caller(), id, sent.Profiles[0], expected, cancellationToken);
        if (outcome.Verdict != ApplicationVerdict.Done)
        {
            return Refused(outcome, sent, id);
        }

        await RecordAsync(request, outcome.Stored[0].Value, "replaced", cancellationToken);
        return Answer(request, outcome.Stored[0], StatusCodes.Status200OK);
    }

    [Function("DeleteApplication")]
    [Requires(Permission.ManageDatasources)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/applications/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var (expected, wrong) = EntityTags.Expected(request);
        if (wrong is not null)
        {
            return wrong;
        }

        var outcome = await profiles.DeleteAsync(request.Caller(), id, expected, cancellationToken);
        if (outcome.Verdict != ApplicationVerdict.Done)
        {
            return Refused(outcome, null, id);
        }

        await RecordAsync(request, outcome.Stored[0].Value, "deleted", cancellationToken);
        return Results.NoContent();
    }

    private static IResult Answer(HttpRequest request, Document<ApplicationProfile> stored, int status)
    {
        EntityTags.Set(request.HttpContext.Response, stored.ETag);
        return Answers.Json(stored.Value, status);
    }

    private static IResult Refused(ApplicationOutcome outcome, ApplicationDocument? sent, string id = "") => outcome.Verdict switch
    {
        ApplicationVerdict.NotFound => Answers.NotFound($"application {Shown(id)}"),
        ApplicationVerdict.Changed => Answers.Problem(
            StatusCodes.Status412PreconditionFailed, "The application has changed", "It is not the version that If-Match names; read it again.", "If-Match"),
        ApplicationVerdict.Exists => ApplicationBody.Problems(StatusCodes.Status409Conflict, "The application exists", outcome.Problems, sent),
        ApplicationVerdict.Forbidden when outcome.Problems.Count == 0 => Answers.Problem(
            StatusCodes.Status403Forbidden, "You may not do that", "This application is not among those you may manage."),
        ApplicationVerdict.Forbidden => ApplicationBody.Problems(StatusCodes.Status403Forbidden, "You may not do that", outcome.Problems, sent),
        _ => ApplicationBody.Problems(StatusCodes.Status400BadRequest, "The application was not stored", outcome.Problems, sent),
    };

    private Task RecordAsync(HttpRequest request, ApplicationProfile profile, string change, CancellationToken cancellationToken) => audit.RecordAsync(
        request.Caller().Did(AuditActions.ConfigurationChanged, $"application/{profile.Id}") with
        {
            Details = new Dictionary<string, string>
            {
                ["change"] = change,
                ["name"] = profile.Name,
                ["version"] = profile.Version.ToString(CultureInfo.InvariantCulture),
            },
        },
        cancellationToken);

    private static string Shown(string id) => id.Length > ApplicationRules.MaxId ? id[..ApplicationRules.MaxId] + "..." : id;
}

public sealed record ApplicationPage(IReadOnlyList<ApplicationSummary> Applications, string? ContinuationToken);

/// <summary>A profile as it stands in a list.</summary>
public sealed record ApplicationSummary(
    string Id, string Name, string Description, IReadOnlyList<string> Environments, IReadOnlyList<string> Components, int Slos, long Version, DateTimeOffset? UpdatedAt)
{
    public static ApplicationSummary Of(ApplicationProfile profile) => new(
        profile.Id,
        profile.Name,
        profile.Description,
        [.. profile.Environments.Select(e => e.Name)],
        [.. profile.Components.Select(c => c.Name)],
        profile.Slos.Count,
        profile.Version,
        profile.UpdatedAt);
}
