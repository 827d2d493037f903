namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>What the claims of a token whose signature is good must say before it counts (RFC 7519, RFC 8725, OpenID Connect Core 3.1.3.7).</summary>
public static class TokenRules
{
    private static readonly string[] TypesOfAccessTokens = ["", "jwt", "at+jwt"];
    private static readonly string[] TypesOfIdTokens = ["", "jwt"];

    /// <summary>Claims that only other kinds of token have: ID tokens, logout tokens. Those are no key to the API even where the audience is the same.</summary>
    private static readonly string[] ClaimsOfOtherKinds = ["at_hash", "c_hash", "events"];

    /// <summary>What Keycloak writes into the claim `typ` of tokens that are not for an API.</summary>
    private static readonly string[] OtherKinds = ["ID", "Refresh", "Offline", "Logout"];

    /// <summary>A token that a caller of the API carries; null when it is good.</summary>
    /// <param name="type">The header's media type, in lower case and without "application/"; empty when there is none.</param>
    public static Refusal? CheckAccessToken(IdentityProvider provider, TokenClaims claims, string type, DateTimeOffset now)
    {
        if (!TypesOfAccessTokens.Contains(type, StringComparer.Ordinal))
        {
            return Refusal.OfToken("The token's type is not that of an access token");
        }

        if (ClaimsOfOtherKinds.Any(claims.Has) || (claims.Text("typ") is { } kind && OtherKinds.Contains(kind, StringComparer.OrdinalIgnoreCase)))
        {
            return Refusal.OfToken("The token is an ID, refresh or logout token", "Send an access token; this one is of another kind.");
        }

        return CheckIssuerAndDates(provider, claims, now)
            ?? (claims.Audiences.Any(audience => provider.Audiences.Contains(audience, StringComparer.Ordinal))
                ? null
                : Refusal.OfToken($"The token of {provider.Name} is for another audience", "The token is for another audience than this service."));
    }

    /// <summary>The token that came for a code; null when it is good.</summary>
    /// <param name="nonce">What we sent with the browser.</param>
    public static Refusal? CheckIdToken(IdentityProvider provider, TokenClaims claims, string type, string nonce, DateTimeOffset now)
    {
        if (!TypesOfIdTokens.Contains(type, StringComparer.Ordinal))
        {
            return Refusal.OfToken("The ID token's type is not that of an ID token");
        }

        if (claims.IssuedAt is null)
        {
            return Refusal.OfToken("The ID token does not say when it was issued");
        }

        var authorizedParty = claims.Text("azp");
        if (!claims.Audiences.Contains(provider.ClientId, StringComparer.Ordinal)
            || (claims.Audiences.Count > 1 && authorizedParty is null)
            || (claims.Has("azp") && authorizedParty != provider.ClientId))
        {
            return Refusal.OfToken($"The ID token of {provider.Name} is for another client");
        }

        return TextHash.Same(claims.Text("nonce"), nonce)
            ? CheckIssuerAndDates(provider, claims, now)
            : Refusal.OfToken($"The ID token of {provider.Name} was not made for this sign-in (nonce)");
    }

    private static Refusal? CheckIssuerAndDates(IdentityProvider provider, TokenClaims claims, DateTimeOffset now)
    {
        var skew = provider.ClockSkew;
        return !provider.Issues(claims.Issuer, claims.TenantId)
            ? Refusal.OfToken($"The token is not of {provider.Name}'s issuer, or of a tenant that is not listed")
            : now >= claims.ExpiresAt + skew
            ? Refusal.OfToken($"The token of {provider.Name} expired at {claims.ExpiresAt:u}", "The token is expired.")
            : claims.NotBefore is { } start && now < start - skew
            ? Refusal.OfToken($"The token of {provider.Name} is good only from {start:u}", "The token is not valid yet.")
            : claims.IssuedAt is { } issued && now < issued - skew
            ? Refusal.OfToken($"The token of {provider.Name} was issued in the future, at {issued:u}", "The token is not valid yet.")
            : null;
    }
}
