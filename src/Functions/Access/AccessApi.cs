using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Access;

/// <summary>Service tokens of the caller's tenant. A token's text is in the answer that makes it, and nowhere else.</summary>
public sealed class AccessApi(ServiceTokens tokens, IAuditTrail audit)
{
    [Function("CreateServiceToken")]
    [Requires(Permission.ManageAccess)]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/access/tokens")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (wish, refusal) = await JsonBody.ReadAsync<NewServiceToken>(request, cancellationToken);
        if (wish is null)
        {
            return refusal!;
        }

        var outcome = await tokens.CreateAsync(request.Caller(), wish, cancellationToken);
        if (outcome.Stored is not { } stored)
        {
            return Answers.Problem(
                outcome.IsForbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, "The token was not made", outcome.Problem!, outcome.Field);
        }

        await RecordAsync(request, stored, "created", cancellationToken);
        return Answers.Json(new CreatedToken(outcome.Token!, TokenView.Of(stored)), StatusCodes.Status201Created);
    }

    [Function("ListServiceTokens")]
    [Requires(Permission.ManageAccess)]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/access/tokens")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => tokens.ListAsync(request.Caller(), asked.PageSize, asked.ContinuationToken, cancellationToken),
            page => Answers.Json(new TokenPage([.. page.Items.Select(TokenView.Of)], page.ContinuationToken)));

    [Function("RevokeServiceToken")]
    [Requires(Permission.ManageAccess)]
    public async Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/access/tokens/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        await tokens.RevokeAsync(request.Caller(), id, cancellationToken) is { } revoked
            ? await RevokedAsync(request, revoked, cancellationToken)
            : Answers.NotFound($"token {id}");

    private async Task<IResult> RevokedAsync(HttpRequest request, ServiceToken revoked, CancellationToken cancellationToken)
    {
        await RecordAsync(request, revoked, "revoked", cancellationToken);
        return Answers.Json(TokenView.Of(revoked));
    }

    private Task RecordAsync(HttpRequest request, ServiceToken token, string change, CancellationToken cancellationToken) => audit.RecordAsync(
        request.Caller().Did(AuditActions.AccessChanged, $"service-token/{token.Id}") with
        {
            Details = new Dictionary<string, string>
            {
                ["change"] = change,
                ["name"] = token.Name,
                ["permissions"] = string.Join(' ', token.Permissions),
                ["expires"] = token.ExpiresAt.ToString("O", CultureInfo.InvariantCulture),
            },
        },
        cancellationToken);
}

public sealed record CreatedToken(string Token, TokenView Details);

public sealed record TokenPage(IReadOnlyList<TokenView> Tokens, string? ContinuationToken);

/// <summary>A token as it is shown: without its hash.</summary>
public sealed record TokenView(
    string Id,
    string Name,
    IReadOnlyList<string> Permissions,
    Scope Scope,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    string? RevokedBy)
{
    public static TokenView Of(ServiceToken token) =>
        new(token.Id, token.Name, token.Permissions, token.Scope, token.CreatedBy, token.CreatedAt, token.ExpiresAt, token.RevokedAt, token.RevokedBy);
}
