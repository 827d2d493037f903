using System.Security.Cryptography;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Access;

/// <summary>A machine's way in: what it may, until when. The token itself is shown once, when it is made; here is only its hash.</summary>
public sealed record ServiceToken
{
    /// <summary>16 hexadecimal digits, part of the token.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole token, hexadecimal. The token has 256 random bits: a slow hash would add nothing.</summary>
    public required string Hash { get; init; }

    /// <summary>Names of permissions.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    public required Scope Scope { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    public static DocumentType<ServiceToken> Type { get; } = new()
    {
        Name = "service_tokens",
        Fields = [new("createdAt", t => t.CreatedAt)],
        Indexes = [["createdAt"]],
        // Kept for a while, so that the list tells what became of it.
        ExpiresAt = t => t.ExpiresAt.AddDays(90),
    };

    public bool IsValid(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    public Caller ToCaller() => new()
    {
        Tenant = Tenant,
        // Not "token:": what stands behind that word is masked wherever it is written.
        Subject = $"machine:{Id}",
        Name = Name,
        Kind = CallerKind.Machine,
        Grants = [.. Permissions.Select(p => Governance.Permissions.TryParse(p, out var known) ? known : Permission.None).Select(p => new Grant(p, Scope))],
    };
}

/// <summary>The text of a service token: <c>nwt_{tenant}_{id}_{64 hexadecimal digits}</c>, so that it leads to its document and is recognised when it leaks.</summary>
public sealed record ServiceTokenText(string Tenant, string Id, string Text)
{
    public const string Prefix = "nwt_";

    public string Hash => TextHash.Of(Text);

    public static ServiceTokenText Create(string tenant)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return new ServiceTokenText(tenant, id, $"{Prefix}{tenant}_{id}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}");
    }

    /// <summary>Null when the text is not of the form.</summary>
    public static ServiceTokenText? Parse(string text)
    {
        var parts = text.Length <= 200 ? text.Split('_') : [];
        return parts is ["nwt", var tenant, { Length: 16 } id, { Length: 64 } secret] && Tenants.IsValid(tenant) && IsHex(id) && IsHex(secret)
            ? new ServiceTokenText(tenant, id, text)
            : null;
    }

    private static bool IsHex(string text) => text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
