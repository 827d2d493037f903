using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.SignIn;

/// <summary>
/// Who am I, and what may I do? For every kind of caller; needs no permission, because it tells only what the caller's own credential stands for.
/// </summary>
public sealed class MeApi(CallerIdentification identification)
{
    [Function("Me")]
    [Public]
    public async Task<IResult> MeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var outcome = await identification.IdentifyAsync(request.HttpContext, cancellationToken);
        if (outcome.Caller is { } caller)
        {
            return Answers.Json(MeAnswer.Of(caller, outcome.Reading));
        }

        // Whether a token would do or a person must sign in is for the one who asks to know.
        var title = outcome.Status == StatusCodes.Status401Unauthorized ? RefusalAnswers.TitleOf(RefusalKind.Credentials) : outcome.Title;
        return Answers.Problem(outcome.Status, title, outcome.Detail);
    }
}

/// <summary>The caller, as far as it concerns the caller.</summary>
public sealed record MeAnswer
{
    public required string Tenant { get; init; }

    /// <summary>Stable: oidc:{issuer}|{sub}, machine:{token id}, development.</summary>
    public required string Subject { get; init; }

    public required string Name { get; init; }

    public required CallerKind Kind { get; init; }

    public required IReadOnlyList<MePermission> Permissions { get; init; }

    /// <summary>What an issuer vouched for; null for tokens of our own and in the development mode.</summary>
    public VerifiedIdentity? Identity { get; init; }

    /// <summary>bearer_token, session or platform; null without an identity.</summary>
    public IdentitySource? Source { get; init; }

    public static MeAnswer Of(Caller caller, IdentityReading reading) => new()
    {
        Tenant = caller.Tenant,
        Subject = caller.Subject,
        Name = caller.Name,
        Kind = caller.Kind,
        Permissions = [.. caller.Grants.Select(g => new MePermission(Domain.Governance.Permissions.NameOf(g.Permission), g.Scope))],
        Identity = reading.Identity,
        Source = reading.Identity is null ? null : reading.Source,
    };
}

/// <param name="Permission">As people write it: read:metrics.</param>
/// <param name="Scope">Where it holds; empty lists mean everywhere.</param>
public sealed record MePermission(string Permission, Scope Scope);
