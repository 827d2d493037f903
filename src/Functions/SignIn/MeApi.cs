using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.SignIn;

/// <summary>Who am I? 401 when nobody that an issuer vouches for.</summary>
public sealed partial class MeApi(IdentityReader reader, ILogger<MeApi> logger)
{
    [Function("Me")]
    [Public]
    public async Task<IResult> MeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var reading = await reader.ReadAsync(request.HttpContext, cancellationToken);
        if (reading.Refusal is { } refusal)
        {
            LogRefused(logger, refusal.Reason);
            return RefusalAnswers.Of(refusal);
        }

        return reading.Identity is { } identity
            ? Answers.Json(new MeAnswer(identity, reading.Source))
            : Answers.Problem(StatusCodes.Status401Unauthorized, "Not signed in", "Sign in with GET api/sign-in, or send a token of a configured issuer.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Me was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}

/// <param name="Source">bearer_token, session or platform.</param>
public sealed record MeAnswer(VerifiedIdentity Identity, IdentitySource Source);
