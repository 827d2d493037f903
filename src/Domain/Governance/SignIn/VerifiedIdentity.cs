using System.Text.Json.Serialization;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Who somebody is, as an issuer that we trust said and we checked. What they may do is decided elsewhere, from groups and roles.</summary>
public sealed record VerifiedIdentity
{
    /// <summary>The issuer exactly as the token has it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The issuer's own id of the person or machine; never reassigned, at most 255 characters.</summary>
    public required string Subject { get; init; }

    /// <summary>For people to read; anybody may have chosen it.</summary>
    public required string Name { get; init; }

    /// <summary>For people to read. Never decide by it: many issuers let a person set it.</summary>
    public string? Email { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Entra's tenant (claim tid).</summary>
    public string? TenantId { get; init; }

    /// <summary>
    /// The issuer left groups or roles out (Entra does so for a person in more than 200 groups) or wrote them in a way that we do not understand: there may be
    /// more than are listed here.
    /// </summary>
    public bool GroupsIncomplete { get; init; }

    public required DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>When the token, or the session, is over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The stable id: <c>oidc:{issuer}|{subject}</c>.</summary>
    [JsonIgnore]
    public string Key => KeyOf(Issuer, Subject);

    /// <summary>As the access policy knows them.</summary>
    public Principal ToPrincipal() => new() { Issuer = Issuer, Subject = Subject, Groups = Groups, Roles = Roles };

    public static string KeyOf(string issuer, string subject) => $"oidc:{issuer}|{subject}";
}
