using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Functions.Audit;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.SignIn;

/// <summary>Signing in and out with a browser. All are open, because whoever calls them is not signed in yet; none shows more than the caller's own identity.</summary>
public sealed partial class SignInApi(
    SignInFlow flow,
    ISignInProviders providers,
    Sessions sessions,
    SignInCookies cookies,
    RequestAudit audit,
    CallerIdentification identification,
    IOptions<SignInOptions> options,
    ILogger<SignInApi> logger)
{
    [Function("SignIn")]
    [Public]
    public async Task<IResult> SignInAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/sign-in")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (One(request, "provider") is not { } provider || !providers.Names.Contains(provider, StringComparer.Ordinal))
        {
            return Answers.Problem(StatusCodes.Status404NotFound, "No such provider", "GET api/sign-in/providers lists those that people can sign in with.", "provider");
        }

        if ((request.Query.ContainsKey("returnTo") ? One(request, "returnTo") : ReturnPath.Home) is not { } returnTo || !ReturnPath.IsLocal(returnTo))
        {
            return Answers.Problem(StatusCodes.Status400BadRequest, "Not a path of this service", "returnTo must be a path that starts with one slash.", "returnTo");
        }

        var start = await flow.StartAsync(provider, returnTo, options.Value.RedirectUri, cancellationToken);
        if (start.Url is null)
        {
            return Refused(start.Refusal!);
        }

        cookies.SetAttempt(request.HttpContext.Response, start.BrowserSecret);
        return Results.Redirect(start.Url.AbsoluteUri);
    }

    [Function("SignInCallback")]
    [Public]
    public async Task<IResult> CallbackAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/sign-in/callback")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (options.Value.PublicUrl is null)
        {
            return Answers.NotFound("provider to sign in with");
        }

        var answer = new ProviderAnswer(One(request, "state"), One(request, "code"), One(request, "error"), One(request, "iss"));
        var result = await flow.FinishAsync(answer, cookies.AttemptOf(request), options.Value.RedirectUri, cancellationToken);
        if (result.SessionSecret is null)
        {
            return Refused(result.Refusal!);
        }

        await audit.SignedAsync(request, result.Identity!, AuditActions.SignedIn, identification.AddressOf(request.HttpContext), cancellationToken);
        // A new id at each sign-in; what the browser had before is over.
        if (cookies.SessionOf(request) is { } before)
        {
            await sessions.EndAsync(before, cancellationToken);
        }

        var response = request.HttpContext.Response;
        cookies.RemoveAttempt(response);
        cookies.SetSession(response, result.SessionSecret);
        LogSignedIn(logger, result.Identity!.Key);
        return Results.LocalRedirect(result.ReturnTo);
    }

    [Function("SignInProviders")]
    [Public]
    public IResult Providers([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/sign-in/providers")] HttpRequest request) =>
        Answers.Json(new ProvidersAnswer(providers.Names));

    /// <summary>Ends the session in the store, so that a copy of the cookie is worth nothing either. 204 also when there was none.</summary>
    [Function("SignOut")]
    [Public]
    public async Task<IResult> SignOutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/sign-out")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (RequestForgery.Check(request, options.Value) is { } forgery)
        {
            return Refused(forgery);
        }

        if (cookies.SessionOf(request) is { } secret)
        {
            if (await sessions.FindAsync(secret, cancellationToken) is { } session)
            {
                await audit.SignedAsync(request, session.Identity, AuditActions.SignedOut, identification.AddressOf(request.HttpContext), cancellationToken);
            }

            await sessions.EndAsync(secret, cancellationToken);
            cookies.RemoveSession(request.HttpContext.Response);
        }

        return Results.NoContent();
    }

    /// <summary>The parameter; the only provider when none is named; null when it is absent or there several times.</summary>
    private string? One(HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) ? values.Count == 1 ? values[0] : null
        : name == "provider" && providers.Names.Count == 1 ? providers.Names[0] : null;

    private IResult Refused(Refusal refusal)
    {
        LogRefused(logger, refusal.Reason);
        return RefusalAnswers.Of(refusal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Identity} signed in")]
    private static partial void LogSignedIn(ILogger logger, string identity);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}

public sealed record ProvidersAnswer(IReadOnlyList<string> Providers);
