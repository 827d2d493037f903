using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>
/// The authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 9700): a sign-in is finished once, by the browser that began it, with the code that was
/// made for it.
/// </summary>
public sealed class SignInFlow(IDocuments<SignInAttempt> attempts, ISignInProviders providers, Sessions sessions, TimeProvider time)
{
    private const int MaxCodeLength = 4096;

    /// <param name="returnTo">A path that <see cref="ReturnPath.IsLocal"/> allows.</param>
    public async Task<SignInStart> StartAsync(string provider, string returnTo, Uri redirectUri, CancellationToken cancellationToken)
    {
        var browserSecret = OpaqueSecret.Create();
        var state = OpaqueSecret.Create();
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(VerifierOf(browserSecret, state))));
        var address = await providers.AuthorizeAsync(
            provider, new AuthorizeRequest(redirectUri, state, NonceOf(browserSecret, state), challenge), cancellationToken).ConfigureAwait(false);
        if (address.Url is null)
        {
            return new SignInStart(null, "", address.Refusal);
        }

        var attempt = new SignInAttempt
        {
            Provider = provider,
            ReturnTo = returnTo,
            BrowserHash = OpaqueSecret.HashOf(browserSecret),
            StartedAt = time.GetUtcNow(),
        };
        var written = await attempts.WriteAsync(
            SignInAttempt.Partition, DocumentWrite<SignInAttempt>.Create(OpaqueSecret.HashOf(state), attempt), cancellationToken).ConfigureAwait(false);
        return written.Written ? new SignInStart(address.Url, browserSecret, null) : throw new StoreUnavailableException("An attempt of the same random id exists.");
    }

    /// <param name="answer">What the provider sent along with the browser.</param>
    /// <param name="browserSecret">From the browser's cookie; null when it has none.</param>
    public async Task<SignInResult> FinishAsync(ProviderAnswer answer, string? browserSecret, Uri redirectUri, CancellationToken cancellationToken)
    {
        if (!OpaqueSecret.IsOne(answer.State) || !OpaqueSecret.IsOne(browserSecret))
        {
            return Stale("no state, or the browser did not begin a sign-in");
        }

        var found = await attempts.ReadAsync(SignInAttempt.Partition, OpaqueSecret.HashOf(answer.State!), cancellationToken).ConfigureAwait(false);
        if (found is null || time.GetUtcNow() >= found.Value.StartedAt + SignInAttempt.Limit)
        {
            return Stale("the state is unknown, used or too old");
        }

        // Before it is used up: somebody else's link must not end this browser's sign-in, nor be finished by it.
        if (!TextHash.Same(OpaqueSecret.HashOf(browserSecret!), found.Value.BrowserHash))
        {
            return Stale("another browser began this sign-in");
        }

        if (!await attempts.DeleteAsync(SignInAttempt.Partition, found.Id, found.ETag, cancellationToken).ConfigureAwait(false))
        {
            return Stale("the state was used a moment ago");
        }

        return await RedeemAsync(answer, browserSecret!, found.Value, redirectUri, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SignInResult> RedeemAsync(
        ProviderAnswer answer, string browserSecret, SignInAttempt attempt, Uri redirectUri, CancellationToken cancellationToken)
    {
        if (answer.Error is { } error)
        {
            return new SignInResult(null, null, "", Refusal.OfToken($"{attempt.Provider} ended the sign-in: {IdentityFromClaims.Readable(error)}", "The identity provider did not sign you in."));
        }

        if (answer.Code is not { Length: > 0 and <= MaxCodeLength } code)
        {
            return new SignInResult(null, null, "", Refusal.OfToken($"{attempt.Provider} sent no code", "The identity provider sent no code."));
        }

        var verdict = await providers.RedeemAsync(
            attempt.Provider,
            new CodeRedemption(code, redirectUri, VerifierOf(browserSecret, answer.State!), NonceOf(browserSecret, answer.State!), answer.Issuer),
            cancellationToken).ConfigureAwait(false);
        return verdict.Identity is not { } identity
            ? new SignInResult(null, null, "", verdict.Refusal)
            : new SignInResult(identity, await sessions.OpenAsync(attempt.Provider, identity, cancellationToken).ConfigureAwait(false), attempt.ReturnTo, null);
    }

    private static SignInResult Stale(string why) =>
        new(null, null, "", Refusal.OfToken($"A sign-in was not finished: {why}", "This sign-in is over or was begun elsewhere. Start again."));

    private static string VerifierOf(string browserSecret, string state) => OpaqueSecret.Derive(browserSecret, "code-verifier:" + state);

    private static string NonceOf(string browserSecret, string state) => OpaqueSecret.Derive(browserSecret, "nonce:" + state);
}

/// <summary>Where to send the browser and the secret that it keeps, or why not.</summary>
public sealed record SignInStart(Uri? Url, string BrowserSecret, Refusal? Refusal);

/// <summary>The identity, the session's secret and where to go on, or why not.</summary>
public sealed record SignInResult(VerifiedIdentity? Identity, string? SessionSecret, string ReturnTo, Refusal? Refusal);

/// <summary>The query of the callback, untrusted: RFC 6749 4.1.2 and RFC 9207.</summary>
public sealed record ProviderAnswer(string? State, string? Code, string? Error, string? Issuer);
