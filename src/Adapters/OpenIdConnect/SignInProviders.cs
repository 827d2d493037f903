using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>The provider's side of the authorization code flow (OpenID Connect Core 3.1).</summary>
internal sealed class SignInProviders(IReadOnlyList<ProviderClient> clients, OpenIdHttp http, TimeProvider time) : ISignInProviders
{
    private readonly List<ProviderClient> forPeople = [.. clients.Where(client => client.Provider.ClientId is not null)];

    public IReadOnlyList<string> Names { get; } = [.. clients.Where(client => client.Provider.ClientId is not null).Select(client => client.Provider.Name)];

    public bool StillTrusts(string name, VerifiedIdentity identity) => Find(name)?.Provider.Issues(identity.Issuer, identity.TenantId) == true;

    public async Task<AuthorizeAddress> AuthorizeAsync(string name, AuthorizeRequest request, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } client)
        {
            return new AuthorizeAddress(null, Unknown());
        }

        if (await client.PublishedAsync(cancellationToken).ConfigureAwait(false) is not { } published)
        {
            return new AuthorizeAddress(null, Refusal.Down($"What {name} publishes is not known"));
        }

        if (published.Metadata is not { AuthorizeUrl: { } address, TokenUrl: not null })
        {
            return new AuthorizeAddress(null, Refusal.Down($"{name} publishes no authorization_endpoint or no token_endpoint"));
        }

        return new AuthorizeAddress(
            new Uri(QueryHelpers.AddQueryString(address.AbsoluteUri, new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = client.Provider.ClientId,
                ["redirect_uri"] = request.RedirectUri.AbsoluteUri,
                ["scope"] = string.Join(' ', client.Provider.Scopes),
                ["state"] = request.State,
                ["nonce"] = request.Nonce,
                ["code_challenge"] = request.CodeChallenge,
                ["code_challenge_method"] = "S256",
            })), null);
    }

    public async Task<TokenVerdict> RedeemAsync(string name, CodeRedemption redemption, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } client)
        {
            return TokenVerdict.No(Unknown());
        }

        if (await client.PublishedAsync(cancellationToken).ConfigureAwait(false) is not { Metadata: { TokenUrl: { } tokenUrl } metadata })
        {
            return TokenVerdict.No(Refusal.Down($"What {name} publishes is not known"));
        }

        // A mix-up of two providers would send one's code to the other (RFC 9207).
        if (redemption.ResponseIssuer is null ? metadata.NamesItselfInAnswers : !client.Provider.IsTemplate && redemption.ResponseIssuer != client.Provider.Issuer)
        {
            return TokenVerdict.No(Refusal.OfToken($"The answer for {name} came from another issuer"));
        }

        try
        {
            var (status, body) = await http.PostAsync(tokenUrl, Form(client.Provider, metadata, redemption), Authorization(client.Provider, metadata), cancellationToken).ConfigureAwait(false);
            return status == HttpStatusCode.OK
                ? await VerifyAsync(client, body, redemption.Nonce, cancellationToken).ConfigureAwait(false)
                : TokenVerdict.No(Refused(name, status, body));
        }
        catch (ProviderFailureException failure)
        {
            return TokenVerdict.No(Refusal.Down($"The code could not be exchanged with {name}: {failure.Message}"));
        }
    }

    private async Task<TokenVerdict> VerifyAsync(ProviderClient client, byte[] body, string nonce, CancellationToken cancellationToken)
    {
        var name = client.Provider.Name;
        if (StrictJson.ParseObject(body) is not { } answer || Text(answer, "id_token") is not { } idToken)
        {
            return TokenVerdict.No(Refusal.OfToken($"{name} answered without an ID token; do its SCOPES hold openid?"));
        }

        var (opened, refusal) = OpenedToken.Open(idToken);
        if (opened is null)
        {
            return TokenVerdict.No(refusal!);
        }

        var now = time.GetUtcNow();
        refusal = await client.CheckSignatureAsync(opened.Token, opened.Claims, cancellationToken).ConfigureAwait(false)
            ?? TokenRules.CheckIdToken(client.Provider, opened.Claims, opened.Token.Type, nonce, now)
            ?? CheckAccessTokenHash(opened, Text(answer, "access_token"), name);
        return refusal is null ? TokenVerdict.Of(IdentityFromClaims.Map(client.Provider, opened.Claims, now)) : TokenVerdict.No(refusal);
    }

    private ProviderClient? Find(string name) => forPeople.Find(client => client.Provider.Name == name);

    private static Refusal Unknown() => new(RefusalKind.Credentials, "There is no such provider to sign in with", "There is no identity provider of this name.");

    private static Dictionary<string, string> Form(IdentityProvider provider, ProviderMetadata metadata, CodeRedemption redemption)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = redemption.Code,
            ["redirect_uri"] = redemption.RedirectUri.AbsoluteUri,
            ["code_verifier"] = redemption.CodeVerifier,
            ["client_id"] = provider.ClientId!,
        };
        if (provider.ClientSecret is { } secret && metadata.SecretInForm)
        {
            form["client_secret"] = secret;
        }

        return form;
    }

    /// <summary>
    /// client_secret_basic: both parts are form-encoded before they become Basic credentials (RFC 6749, 2.3.1). A blank as %20, because not all servers
    /// read a plus as one here.
    /// </summary>
    private static AuthenticationHeaderValue? Authorization(IdentityProvider provider, ProviderMetadata metadata) =>
        provider.ClientSecret is not { } secret || metadata.SecretInForm ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(provider.ClientId!)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>at_hash, when there is one, ties the ID token to the access token beside it (OpenID Connect Core 3.1.3.6).</summary>
    private static Refusal? CheckAccessTokenHash(OpenedToken opened, string? accessToken, string name)
    {
        if (!opened.Claims.Has("at_hash"))
        {
            return null;
        }

        var hash = accessToken is null ? [] : SignatureAlgorithm.Find(opened.Token.Algorithm)!.HashOf(Encoding.UTF8.GetBytes(accessToken));
        return TextHash.Same(opened.Claims.Text("at_hash"), Base64UrlText.Encode(hash.AsSpan(0, hash.Length / 2)))
            ? null
            : Refusal.OfToken($"The ID token of {name} belongs to another access token (at_hash)");
    }

    private static Refusal Refused(string name, HttpStatusCode status, byte[] body)
    {
        var error = StrictJson.ParseObject(body) is { } answer ? FailureText.Shorten(Text(answer, "error")) : "";
        return (int)status >= 500
            ? Refusal.Down($"The token endpoint of {name} answered {(int)status}")
            : Refusal.OfToken($"{name} did not accept the code ({(int)status} {error})", "The identity provider did not accept the sign-in. Start again.");
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
