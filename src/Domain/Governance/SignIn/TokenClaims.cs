using System.Text.Json;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>The registered claims of a JSON Web Token (RFC 7519) with their types checked; what they say is checked by <see cref="TokenRules"/>.</summary>
public sealed record TokenClaims
{
    private const int MaxSubjectLength = 255;
    private const int MaxIssuerLength = 512;

    /// <summary>The end of the year 9999, in seconds since 1970: no date of .NET lies after it.</summary>
    private const double LastSecond = 253402300799;

    private static readonly string[] Dates = ["exp", "nbf", "iat", "auth_time"];

    private TokenClaims()
    {
    }

    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public required IReadOnlyList<string> Audiences { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>Claim tid of Entra.</summary>
    public string? TenantId { get; init; }

    public required JsonElement All { get; init; }

    /// <summary>Either the claims or what is wrong with their form.</summary>
    public static (TokenClaims? Claims, string? Flaw) Read(JsonElement payload)
    {
        if (Text(payload, "iss") is not { Length: > 0 and <= MaxIssuerLength } issuer)
        {
            return (null, "names no issuer");
        }

        if (Text(payload, "sub") is not { Length: > 0 and <= MaxSubjectLength } subject || subject.Any(char.IsControl))
        {
            return (null, "names no subject, or none that is one");
        }

        if (ReadAudiences(payload) is not { } audiences)
        {
            return (null, "has no audience, or one that is neither a text nor a list of texts");
        }

        var dates = new DateTimeOffset?[Dates.Length];
        foreach (var (index, name) in Dates.Index())
        {
            if (payload.TryGetProperty(name, out var value) && (dates[index] = Date(value)) is null)
            {
                return (null, $"has a claim {name} that is no date");
            }
        }

        return dates[0] is not { } expires ? (null, "never expires (no exp)") : (new TokenClaims
        {
            Issuer = issuer,
            Subject = subject,
            Audiences = audiences,
            ExpiresAt = expires,
            NotBefore = dates[1],
            IssuedAt = dates[2],
            AuthenticatedAt = dates[3],
            TenantId = Text(payload, "tid"),
            All = payload,
        }, null);
    }

    /// <summary>A claim that is a text, or null.</summary>
    public string? Text(string name) => Text(All, name);

    public bool Has(string name) => All.TryGetProperty(name, out _);

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<string>? ReadAudiences(JsonElement payload)
    {
        if (!payload.TryGetProperty("aud", out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(one => one.GetString()!)],
            _ => null,
        };
    }

    /// <summary>NumericDate: a JSON number of seconds since 1970, fractions allowed and cut off.</summary>
    private static DateTimeOffset? Date(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
}
