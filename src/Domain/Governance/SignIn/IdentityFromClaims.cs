using System.Text;
using System.Text.Json;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Makes an identity of the claims of a verified token.</summary>
public static class IdentityFromClaims
{
    private const int MaxNameLength = 200;
    private const int MaxMemberLength = 256;

    public static VerifiedIdentity Map(IdentityProvider provider, TokenClaims claims, DateTimeOffset now)
    {
        var groups = ReadList(claims.All, provider.GroupsClaim, out var groupsWhole);
        var roles = ReadList(claims.All, provider.RolesClaim, out var rolesWhole);
        var email = claims.Text("email");
        return new VerifiedIdentity
        {
            Issuer = claims.Issuer,
            Subject = claims.Subject,
            Name = ReadName(claims.All, provider.NameClaim, claims.Subject),
            Email = email is not null && !IsFalse(claims.All, "email_verified") && Readable(email) is { Length: > 0 } shown ? shown : null,
            Groups = groups,
            Roles = roles,
            TenantId = claims.TenantId,
            GroupsIncomplete = !groupsWhole || !rolesWhole || LeavesOut(claims.All, provider.GroupsClaim) || LeavesOut(claims.All, provider.RolesClaim),
            AuthenticatedAt = claims.AuthenticatedAt ?? claims.IssuedAt ?? now,
            ExpiresAt = claims.ExpiresAt,
        };
    }

    /// <summary>One line of at most 200 characters without control and direction marks: names are chosen by their owners.</summary>
    public static string Readable(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxNameLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > MaxNameLength)
            {
                break;
            }

            var category = Rune.GetUnicodeCategory(rune);
            if (category is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator))
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString().Trim();
    }

    private static string ReadName(JsonElement claims, string nameClaim, string subject)
    {
        foreach (var path in new[] { nameClaim, "preferred_username", "email" })
        {
            if (Find(claims, path) is { ValueKind: JsonValueKind.String } value && Readable(value.GetString()!) is { Length: > 0 } name)
            {
                return name;
            }
        }

        return subject;
    }

    /// <summary>A list of texts, or one text. Whole is false when there is something there that is not that.</summary>
    private static List<string> ReadList(JsonElement claims, string path, out bool whole)
    {
        whole = true;
        if (Find(claims, path) is not { } value || value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var found = new List<string>();
        foreach (var one in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value])
        {
            var text = one.ValueKind == JsonValueKind.String ? one.GetString()! : "";
            if (text.Length is > 0 and <= MaxMemberLength && !text.Any(char.IsControl))
            {
                found.Add(text);
            }
            else
            {
                whole = false;
            }
        }

        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Entra's overage: the claim is missing and `_claim_names` points elsewhere for it (OpenID Connect Core 5.6.2, distributed claims), or `hasgroups` says
    /// that there are some.
    /// </summary>
    private static bool LeavesOut(JsonElement claims, string path)
    {
        var first = path.Split('.')[0];
        return (claims.TryGetProperty("_claim_names", out var names) && names.ValueKind == JsonValueKind.Object
                && (names.TryGetProperty(path, out _) || names.TryGetProperty(first, out _)))
            || (path == "groups" && claims.TryGetProperty("hasgroups", out var has) && has.ValueKind != JsonValueKind.False);
    }

    /// <summary>The claim of exactly that name (names may hold dots: https://shop.example/roles), otherwise what the path leads to.</summary>
    private static JsonElement? Find(JsonElement claims, string path)
    {
        if (claims.TryGetProperty(path, out var exact))
        {
            return exact;
        }

        var here = claims;
        foreach (var step in path.Split('.'))
        {
            if (here.ValueKind != JsonValueKind.Object || !here.TryGetProperty(step, out here))
            {
                return null;
            }
        }

        return here;
    }

    private static bool IsFalse(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.String && value.ValueEquals("false")));
}
