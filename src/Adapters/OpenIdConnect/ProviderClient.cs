using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>One configured provider: its settings, what it publishes, and whether a signature is its own.</summary>
internal sealed class ProviderClient(IdentityProvider provider, PublishedKeys published)
{
    public IdentityProvider Provider => provider;

    public Task<Published?> PublishedAsync(CancellationToken cancellationToken) => published.GetAsync(cancellationToken);

    /// <summary>Null when the signature is good for the claims' issuer.</summary>
    public async Task<Refusal?> CheckSignatureAsync(CompactToken token, TokenClaims claims, CancellationToken cancellationToken)
    {
        if (!provider.Algorithms.Contains(token.Algorithm, StringComparer.Ordinal) || SignatureAlgorithm.Find(token.Algorithm) is not { } algorithm)
        {
            return Refusal.OfToken($"The token of {provider.Name} is signed with an algorithm that is not allowed");
        }

        if (await published.GetWithKeyAsync(token.KeyId, cancellationToken).ConfigureAwait(false) is not { } known)
        {
            return Refusal.Down($"The keys of {provider.Name} are not known");
        }

        if (known.Keys.Find(token.KeyId) is not { } key)
        {
            return Refusal.OfToken($"The token of {provider.Name} is signed with a key that it does not publish");
        }

        if (key.Issuer is { } issuer && issuer.Replace(IdentityProvider.TenantPlaceholder, claims.TenantId ?? "", StringComparison.Ordinal) != claims.Issuer)
        {
            return Refusal.OfToken($"The token of {provider.Name} is signed with a key of another issuer");
        }

        return !key.Fits(algorithm) ? Refusal.OfToken($"The token of {provider.Name} names a key that is for another algorithm")
            : key.Verifies(algorithm, token.SigningInput, token.Signature) ? null
            : Refusal.OfToken($"The signature of the token of {provider.Name} is wrong");
    }
}

/// <summary>A token taken apart, with its claims read, before anything in it is believed.</summary>
internal sealed record OpenedToken(CompactToken Token, TokenClaims Claims)
{
    /// <summary>Either the token or why it is none.</summary>
    public static (OpenedToken? Opened, Refusal? Refusal) Open(string text)
    {
        var (token, flaw) = CompactToken.Parse(text);
        if (token is null)
        {
            return (null, Refusal.OfToken($"The token {flaw}"));
        }

        if (StrictJson.ParseObject(token.Payload) is not { } payload)
        {
            return (null, Refusal.OfToken("The token's claims are no strict JSON object"));
        }

        var (claims, wrong) = TokenClaims.Read(payload);
        return claims is null ? (null, Refusal.OfToken($"The token {wrong}")) : (new OpenedToken(token, claims), null);
    }
}
