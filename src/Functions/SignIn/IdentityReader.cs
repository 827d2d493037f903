using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>
/// Reads who sends a request: the platform's principal where the platform signs people in, else a JSON Web Token in the Authorization header, else the
/// session of a browser. Credentials of one kind that are wrong are never made good by another.
/// </summary>
public sealed class IdentityReader(
    ITokenVerifier tokens, ISignInProviders providers, Sessions sessions, SignInCookies cookies, IOptions<SignInOptions> options, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    /// <exception cref="Domain.Storage.StoreUnavailableException">A session cannot be looked up.</exception>
    public async Task<IdentityReading> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (options.Value.PlatformSignsIn && http.Request.Headers.ContainsKey(PlatformPrincipal.Header))
        {
            return ReadPlatform(http.Request);
        }

        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return await ReadBearerAsync(authorization.Count == 1 ? authorization[0] ?? "" : null, cancellationToken);
        }

        return cookies.SessionOf(http.Request) is { } secret ? await ReadSessionAsync(http, secret, cancellationToken) : IdentityReading.NoCredentials;
    }

    private async Task<IdentityReading> ReadBearerAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization is null)
        {
            return IdentityReading.Refused(Refusal.OfToken("The request has several Authorization headers", "Send one Authorization header."), IdentitySource.BearerToken);
        }

        // Two dots make three parts: a JSON Web Token. Anything else is a service token.
        if (!tokens.AcceptsTokens || !authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || authorization.Count(c => c == '.') != 2)
        {
            return IdentityReading.NoCredentials;
        }

        var verdict = await tokens.VerifyAsync(authorization[Bearer.Length..], cancellationToken);
        return verdict.Identity is { } identity
            ? IdentityReading.Of(identity, IdentitySource.BearerToken)
            : IdentityReading.Refused(verdict.Refusal!, IdentitySource.BearerToken);
    }

    private async Task<IdentityReading> ReadSessionAsync(HttpContext http, string secret, CancellationToken cancellationToken)
    {
        var session = await sessions.FindAsync(secret, cancellationToken);
        if (session is null || !providers.StillTrusts(session.Provider, session.Identity))
        {
            cookies.RemoveSession(http.Response);
            return IdentityReading.Refused(
                Refusal.OfToken(session is null ? "The session is over or was never ours" : "The session's provider is no longer configured", "The session is over. Sign in again."),
                IdentitySource.Session);
        }

        return RequestForgery.Check(http.Request, options.Value) is { } forgery
            ? IdentityReading.Refused(forgery, IdentitySource.Session)
            : IdentityReading.Of(session.IdentityNow(), IdentitySource.Session, OpaqueSecret.HashOf(secret));
    }

    private IdentityReading ReadPlatform(HttpRequest request)
    {
        var header = request.Headers[PlatformPrincipal.Header];
        if (PlatformPrincipal.Parse(header.Count == 1 ? header[0] : null, time.GetUtcNow()) is not { } identity)
        {
            return IdentityReading.Refused(Refusal.OfToken($"The platform's {PlatformPrincipal.Header} is malformed"), IdentitySource.Platform);
        }

        // A caller who sent a token to the platform showed it on purpose; a browser's session comes along unasked.
        var forgery = request.Headers.Authorization.Count > 0 ? null : RequestForgery.Check(request, options.Value);
        return forgery is null ? IdentityReading.Of(identity, IdentitySource.Platform) : IdentityReading.Refused(forgery, IdentitySource.Platform);
    }
}
