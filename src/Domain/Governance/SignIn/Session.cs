using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Somebody is signed in with a browser. The browser has the secret; the document's id is its hash.</summary>
public sealed record Session
{
    public const string Partition = "sessions";

    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(8);

    public static readonly TimeSpan AbsoluteLimit = TimeSpan.FromHours(24);

    /// <summary>How exactly the last use is known; a write to the store for each request would be too many.</summary>
    public static readonly TimeSpan SeenPrecision = TimeSpan.FromMinutes(5);

    /// <summary>Name of the provider in the configuration.</summary>
    public required string Provider { get; init; }

    public required VerifiedIdentity Identity { get; init; }

    /// <summary>The identity's key, to find all sessions of a person.</summary>
    public required string Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    public static DocumentType<Session> Type { get; } = new()
    {
        Name = "sessions",
        Fields = [new("owner", s => s.Owner), new("createdAt", s => s.CreatedAt)],
        Indexes = [["owner", "createdAt"]],
        ExpiresAt = s => s.EndsAt,
    };

    /// <summary>The earlier of both limits.</summary>
    private DateTimeOffset EndsAt => LastSeenAt + IdleLimit < CreatedAt + AbsoluteLimit ? LastSeenAt + IdleLimit : CreatedAt + AbsoluteLimit;

    public bool IsOver(DateTimeOffset now) => now >= EndsAt;

    /// <summary>The identity as good as long as the session can last.</summary>
    public VerifiedIdentity IdentityNow() => Identity with { ExpiresAt = CreatedAt + AbsoluteLimit };
}
