using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>
/// The start that was given to an alert whose sender names none. Two processes that take the same alert at once agree through it on one
/// startsAt, and so on one episode. Its id is the fingerprint.
/// </summary>
public sealed record AlertStart
{
    public required string Fingerprint { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public static DocumentType<AlertStart> Type { get; } = new()
    {
        Name = "alert_starts",
        ExpiresAt = s => s.StartsAt.AddDays(90),
    };
}
