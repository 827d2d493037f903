namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>The identity providers that people can sign in with (OpenID Connect, authorization code with PKCE).</summary>
public interface ISignInProviders
{
    /// <summary>Their names as configured.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether the provider is still configured with this issuer; a session of one that is not is over.</summary>
    bool StillTrusts(string name, VerifiedIdentity identity);

    /// <summary>The address at the provider to send the browser to.</summary>
    Task<AuthorizeAddress> AuthorizeAsync(string name, AuthorizeRequest request, CancellationToken cancellationToken);

    /// <summary>Exchanges the code and verifies the ID token that comes for it.</summary>
    Task<TokenVerdict> RedeemAsync(string name, CodeRedemption redemption, CancellationToken cancellationToken);
}

/// <summary>Either the address or why there is none.</summary>
public readonly record struct AuthorizeAddress(Uri? Url, Refusal? Refusal);

/// <param name="CodeChallenge">Base64url of the SHA-256 of the verifier (RFC 7636, S256).</param>
public sealed record AuthorizeRequest(Uri RedirectUri, string State, string Nonce, string CodeChallenge);

/// <param name="ResponseIssuer">The `iss` of the answer (RFC 9207), or null when there was none.</param>
public sealed record CodeRedemption(string Code, Uri RedirectUri, string CodeVerifier, string Nonce, string? ResponseIssuer);
