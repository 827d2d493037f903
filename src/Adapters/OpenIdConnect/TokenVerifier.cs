using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>Verifies the tokens of callers of the API: the issuer says which provider's keys and rules hold, and nothing else in the token does.</summary>
internal sealed class TokenVerifier(IReadOnlyList<ProviderClient> clients, TimeProvider time) : ITokenVerifier
{
    private readonly List<ProviderClient> forApi = [.. clients.Where(client => client.Provider.Audiences.Count > 0)];

    public bool AcceptsTokens => forApi.Count > 0;

    public async Task<TokenVerdict> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        var (opened, refusal) = OpenedToken.Open(token);
        if (opened is null)
        {
            return TokenVerdict.No(refusal!);
        }

        var claims = opened.Claims;
        if (forApi.Find(c => c.Provider.Issues(claims.Issuer, claims.TenantId)) is not { } client)
        {
            return TokenVerdict.No(Refusal.OfToken($"No configured issuer (with AUDIENCES) is {FailureText.Shorten(claims.Issuer)}"));
        }

        var now = time.GetUtcNow();
        refusal = await client.CheckSignatureAsync(opened.Token, claims, cancellationToken).ConfigureAwait(false)
            ?? TokenRules.CheckAccessToken(client.Provider, claims, opened.Token.Type, now);
        return refusal is null ? TokenVerdict.Of(IdentityFromClaims.Map(client.Provider, claims, now)) : TokenVerdict.No(refusal);
    }
}
