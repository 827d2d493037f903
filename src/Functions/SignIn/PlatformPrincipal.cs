using System.Text.Json;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>
/// The header that App Service authentication ("Easy Auth") puts on each request: base64 of a JSON object with auth_typ, name_typ, role_typ and claims, each
/// of which has typ and val. See learn.microsoft.com/azure/app-service/configure-authentication-user-identities.
/// </summary>
public static class PlatformPrincipal
{
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>Characters; a principal with 200 groups has about 20,000.</summary>
    private const int MaxLength = 28 * 1024;

    private const int MaxTextLength = 512;

    private static readonly string[] SubjectTypes =
        ["sub", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", "http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];

    private static readonly string[] TenantTypes = ["tid", "http://schemas.microsoft.com/identity/claims/tenantid"];

    private static readonly string[] EmailTypes = ["email", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"];

    private static readonly string[] RoleTypes = ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];

    private static readonly string[] SignsOfMoreGroups = ["_claim_names", "hasgroups", "groups:src1"];

    /// <summary>How long the header is good for: this request.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    /// <summary>Null when the header is not exactly of that form, or names no subject.</summary>
    public static VerifiedIdentity? Parse(string? header, DateTimeOffset now)
    {
        if (header is not { Length: > 0 and <= MaxLength } || header.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header, bytes, out var length)
            && StrictJson.ParseObject(bytes.AsMemory(0, length)) is { } principal
            && ReadClaims(principal) is { } claims
            ? Map(principal, claims, now)
            : null;
    }

    private static VerifiedIdentity? Map(JsonElement principal, List<(string Type, string Value)> claims, DateTimeOffset now)
    {
        if (Text(principal, "auth_typ") is not { Length: > 0 } provider || First(claims, SubjectTypes) is not { } subject)
        {
            return null;
        }

        var name = First(claims, [Text(principal, "name_typ") ?? "name", "name", "preferred_username"]);
        var roleTypes = RoleTypes.Append(Text(principal, "role_typ") ?? "roles").ToList();
        return new VerifiedIdentity
        {
            Issuer = First(claims, ["iss"]) ?? "easyauth:" + provider,
            Subject = subject,
            Name = name is not null && IdentityFromClaims.Readable(name) is { Length: > 0 } shown ? shown : subject,
            Email = First(claims, EmailTypes) is { } email ? IdentityFromClaims.Readable(email) : null,
            Groups = [.. claims.Where(c => c.Type == "groups").Select(c => c.Value).Distinct(StringComparer.Ordinal)],
            Roles = [.. claims.Where(c => roleTypes.Contains(c.Type)).Select(c => c.Value).Distinct(StringComparer.Ordinal)],
            TenantId = First(claims, TenantTypes),
            GroupsIncomplete = claims.Any(c => SignsOfMoreGroups.Contains(c.Type, StringComparer.Ordinal)),
            AuthenticatedAt = now,
            ExpiresAt = now + GoodFor,
        };
    }

    private static List<(string Type, string Value)>? ReadClaims(JsonElement principal)
    {
        if (!principal.TryGetProperty("claims", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var claims = new List<(string, string)>();
        foreach (var claim in list.EnumerateArray())
        {
            if (claim.ValueKind != JsonValueKind.Object || Text(claim, "typ") is not { Length: > 0 and <= MaxTextLength } type || Text(claim, "val") is not { } value)
            {
                return null;
            }

            // What is longer is nothing that we read.
            if (value.Length is > 0 and <= MaxTextLength && !value.Any(char.IsControl))
            {
                claims.Add((type, value));
            }
        }

        return claims;
    }

    private static string? First(List<(string Type, string Value)> claims, string[] types) =>
        types.Select(type => claims.Find(claim => claim.Type == type).Value).FirstOrDefault(value => value is not null);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
