using System.Text.Json;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>What we use of a provider's discovery document (OpenID Connect Discovery 1.0).</summary>
internal sealed record ProviderMetadata
{
    private ProviderMetadata()
    {
    }

    public required Uri KeysUrl { get; init; }

    /// <summary>Null when the provider only issues tokens for machines.</summary>
    public Uri? AuthorizeUrl { get; init; }

    public Uri? TokenUrl { get; init; }

    /// <summary>Whether the secret goes into the form instead of the Authorization header.</summary>
    public bool SecretInForm { get; init; }

    /// <summary>RFC 9207: every answer of the provider names it.</summary>
    public bool NamesItselfInAnswers { get; init; }

    /// <summary>Where the document is. Entra's tenants share one under "organizations".</summary>
    public static Uri AddressOf(IdentityProvider provider) =>
        new(provider.Issuer.Replace(IdentityProvider.TenantPlaceholder, "organizations", StringComparison.Ordinal).TrimEnd('/') + "/.well-known/openid-configuration");

    /// <exception cref="ProviderFailureException">It is no discovery document, another issuer's, or names an address that we would not go to.</exception>
    public static ProviderMetadata Parse(byte[] utf8, IdentityProvider provider)
    {
        if (StrictJson.ParseObject(utf8) is not { } document)
        {
            throw new ProviderFailureException($"The discovery document of {provider.Name} is no strict JSON object");
        }

        // Character by character: a document that speaks for another issuer would bring that issuer's keys (Discovery 1.0, 4.3).
        if (Text(document, "issuer") != provider.Issuer)
        {
            throw new ProviderFailureException($"The discovery document of {provider.Name} names another issuer than the one configured");
        }

        return new ProviderMetadata
        {
            KeysUrl = Address(document, "jwks_uri", provider) ?? throw new ProviderFailureException($"The discovery document of {provider.Name} names no jwks_uri"),
            AuthorizeUrl = Address(document, "authorization_endpoint", provider),
            TokenUrl = Address(document, "token_endpoint", provider),
            SecretInForm = document.TryGetProperty("token_endpoint_auth_methods_supported", out var methods) && !Lists(methods, "client_secret_basic") && Lists(methods, "client_secret_post"),
            NamesItselfInAnswers = document.TryGetProperty("authorization_response_iss_parameter_supported", out var names) && names.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>https, or http to this machine itself.</summary>
    public static bool IsSafe(Uri address) =>
        (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) && address.UserInfo.Length == 0 && address.Host.Length > 0;

    private static Uri? Address(JsonElement document, string name, IdentityProvider provider)
    {
        if (Text(document, name) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var address) && IsSafe(address) && address.Fragment.Length == 0
            // A provider out in the world has no business on this machine.
            && (!address.IsLoopback || new Uri(provider.Issuer).IsLoopback)
            ? address
            : throw new ProviderFailureException($"The discovery document of {provider.Name} has a {name} that is no https address");
    }

    private static bool Lists(JsonElement list, string value) =>
        list.ValueKind == JsonValueKind.Array && list.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(value));

    private static string? Text(JsonElement document, string name) =>
        document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
