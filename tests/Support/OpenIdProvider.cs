using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Nightwatch.Support;

/// <summary>
/// A small OpenID provider that speaks the protocol over HTTP: discovery, keys, authorize (everybody agrees at once) and token with PKCE. Written from
/// OpenID Connect Core and Discovery 1.0, RFC 6749 and RFC 7636. It misbehaves when told to.
/// </summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    /// <summary>The audience of the access tokens that it issues for the API.</summary>
    public const string Audience = "api://nightwatch";

    public const string ClientId = "nightwatch-page";

    private readonly ConcurrentDictionary<string, Grant> codes = new(StringComparer.Ordinal);
    private readonly List<TokenSigner> retired = [];
    private WebApplication? app;
    private int keyNumber;
    private int keyReads;

    private OpenIdProvider(string? clientSecret)
    {
        ClientSecret = clientSecret;
        Signer = TokenSigner.Rsa("key-1");
    }

    private sealed record Grant(string RedirectUri, string Challenge, string? Nonce, Dictionary<string, object?> User);

    /// <summary>http://127.0.0.1:port, without a slash at the end.</summary>
    public string Issuer { get; private set; } = "";

    public string? ClientSecret { get; }

    /// <summary>What signs now.</summary>
    public TokenSigner Signer { get; private set; }

    /// <summary>Who agrees next: claims of the ID token beside those of the protocol; `sub` is among them.</summary>
    public Dictionary<string, object?> User { get; set; } = Person("ada", "Ada Lovelace", "sre");

    public OpenIdFaults Faults { get; } = new();

    /// <summary>The provider's clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where the discovery document is; Entra has it under another path than the issuer's.</summary>
    public string PathBase { get; set; } = "";

    /// <summary>Published beside the key that signs, as they are.</summary>
    public List<Dictionary<string, object?>> OtherKeys { get; } = [];

    /// <summary>How often the keys were read.</summary>
    public int KeyReads => Volatile.Read(ref keyReads);

    /// <summary>Settings of an app that trusts this provider under the name "test".</summary>
    public Dictionary<string, string?> Settings(Uri publicUrl) => new()
    {
        ["SIGNIN__test__ISSUER"] = Issuer,
        ["SIGNIN__test__CLIENT_ID"] = ClientId,
        ["SIGNIN__test__CLIENT_SECRET"] = ClientSecret,
        ["SIGNIN__test__AUDIENCES"] = Audience,
        ["NIGHTWATCH_PUBLIC_URL"] = publicUrl.GetLeftPart(UriPartial.Authority),
    };

    public static Dictionary<string, object?> Person(string subject, string name, params string[] groups) =>
        new() { ["sub"] = subject, ["name"] = name, ["email"] = subject + "@shop.example", ["email_verified"] = true, ["groups"] = groups };

    /// <param name="clientSecret">The client must prove itself with it when it is given.</param>
    public static async Task<OpenIdProvider> StartAsync(CancellationToken cancellationToken, string? clientSecret = null)
    {
        var provider = new OpenIdProvider(clientSecret);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        provider.app = builder.Build();
        provider.app.Use(provider.MisbehaveAsync);
        provider.app.MapGet("{**path}", provider.Discovery);
        provider.app.MapGet("/keys", provider.Keys);
        provider.app.MapGet("/authorize", provider.Authorize);
        provider.app.MapPost("/token", provider.TokenAsync);
        await provider.app.StartAsync(cancellationToken);
        provider.Issuer = provider.app.Urls.Single();
        return provider;
    }

    /// <summary>A new key signs from now on and the old ones are published no more.</summary>
    public void RotateKeys()
    {
        retired.Add(Signer);
        Signer = TokenSigner.Rsa($"key-{++keyNumber + 1}");
    }

    /// <summary>An access token for the API; <paramref name="change"/> may spoil it before it is signed.</summary>
    public string AccessToken(Action<Dictionary<string, object?>>? change = null, TimeSpan? lifetime = null)
    {
        var claims = Claims(User, Audience, lifetime ?? TimeSpan.FromMinutes(10));
        change?.Invoke(claims);
        return Signer.Sign(claims);
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Release();
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        Signer.Dispose();
        retired.ForEach(signer => signer.Dispose());
    }

    private async Task MisbehaveAsync(HttpContext http, RequestDelegate next)
    {
        if (Faults.Down)
        {
            http.Abort();
            return;
        }

        await Faults.WaitAsync();
        if (Faults.HugeAnswers)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("{\"filler\":\"" + new string('x', 3 * 1024 * 1024) + "\"}");
            return;
        }

        await next(http);
    }

    private IResult Discovery(string path) => path != (PathBase + "/.well-known/openid-configuration").TrimStart('/') ? Results.NotFound() : Results.Json(new Dictionary<string, object?>
    {
        ["issuer"] = Faults.DiscoveryIssuer ?? Issuer,
        ["authorization_endpoint"] = Issuer + "/authorize",
        ["token_endpoint"] = Issuer + "/token",
        ["jwks_uri"] = Faults.KeysUrl ?? Issuer + "/keys",
        ["response_types_supported"] = new[] { "code" },
        ["subject_types_supported"] = new[] { "public" },
        ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        ["token_endpoint_auth_methods_supported"] = new[] { Faults.SecretInFormOnly ? "client_secret_post" : "client_secret_basic" },
        ["authorization_response_iss_parameter_supported"] = true,
    });

    private IResult Keys()
    {
        Interlocked.Increment(ref keyReads);
        return Results.Json(new { keys = OtherKeys.Prepend(Signer.ToWebKey()) });
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256"
            || !query["scope"].ToString().Split(' ').Contains("openid") || query["code_challenge"].ToString().Length != 43)
        {
            return Results.BadRequest(new { error = "invalid_request" });
        }

        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        codes[code] = new Grant(query["redirect_uri"]!, query["code_challenge"]!, query["nonce"], User);
        var answer = Faults.Denies
            ? new Dictionary<string, string?> { ["error"] = "access_denied", ["state"] = query["state"], ["iss"] = Issuer }
            : new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"], ["iss"] = Faults.WrongAnswerIssuer ? "https://other.example" : Issuer };
        return Results.Redirect(QueryHelpers.AddQueryString(query["redirect_uri"]!, answer));
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!KnowsClient(request, form))
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        // A code is good once, also when what comes with it is wrong.
        var verifier = form["code_verifier"].ToString();
        if (form["grant_type"] != "authorization_code" || !codes.TryRemove(form["code"].ToString(), out var grant) || grant.RedirectUri != form["redirect_uri"]
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != grant.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        var accessToken = Signer.Sign(Claims(grant.User, Audience, TimeSpan.FromMinutes(10)));
        var claims = Claims(grant.User, ClientId, TimeSpan.FromMinutes(5));
        claims["nonce"] = Faults.WrongNonce ? "another" : grant.Nonce;
        claims["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Faults.WrongAccessTokenHash ? "another" : accessToken)).AsSpan(0, 16));
        Faults.SpoilIdToken?.Invoke(claims);
        return Results.Json(new { access_token = accessToken, token_type = "Bearer", expires_in = 600, id_token = Signer.Sign(claims) });
    }

    private bool KnowsClient(HttpRequest request, IFormCollection form)
    {
        if (ClientSecret is null)
        {
            return form["client_id"] == ClientId;
        }

        if (Faults.SecretInFormOnly)
        {
            return form["client_secret"] == ClientSecret;
        }

        var basic = request.Headers.Authorization.ToString();
        var pair = basic.StartsWith("Basic ", StringComparison.Ordinal) ? Encoding.ASCII.GetString(Convert.FromBase64String(basic["Basic ".Length..])).Split(':') : [];
        return pair.Length == 2 && Decode(pair[0]) == ClientId && Decode(pair[1]) == ClientSecret;
    }

    /// <summary>application/x-www-form-urlencoded: a plus is a blank.</summary>
    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private Dictionary<string, object?> Claims(Dictionary<string, object?> user, string audience, TimeSpan lifetime)
    {
        var now = Time.GetUtcNow();
        return new Dictionary<string, object?>(user)
        {
            ["iss"] = Faults.WrongTokenIssuer ? "https://other.example" : Issuer,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
        };
    }
}

/// <summary>What an <see cref="OpenIdProvider"/> does wrong, from now on.</summary>
public sealed class OpenIdFaults
{
    private TaskCompletionSource? held;

    public bool Down { get; set; }

    public bool HugeAnswers { get; set; }

    public bool Denies { get; set; }

    public bool WrongNonce { get; set; }

    public bool WrongAccessTokenHash { get; set; }

    public bool WrongTokenIssuer { get; set; }

    public bool WrongAnswerIssuer { get; set; }

    /// <summary>The issuer that the discovery document names instead of its own.</summary>
    public string? DiscoveryIssuer { get; set; }

    /// <summary>The jwks_uri that the discovery document names instead of its own.</summary>
    public string? KeysUrl { get; set; }

    public bool SecretInFormOnly { get; set; }

    public Action<Dictionary<string, object?>>? SpoilIdToken { get; set; }

    /// <summary>Answers wait until <see cref="Release"/>.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => Interlocked.Exchange(ref held, null)?.TrySetResult();

    internal Task WaitAsync() => held?.Task ?? Task.CompletedTask;
}
