using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Alerts;

/// <summary>Something about Nightwatch's own work that a person should know: a refused webhook, alerts left out, a source that is down.</summary>
public sealed record Finding
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>One of <see cref="FindingKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The intake or source that it is about.</summary>
    public required string Source { get; init; }

    /// <summary>The latest one's message.</summary>
    public required string Message { get; init; }

    /// <summary>First time within its hour.</summary>
    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How often within its hour.</summary>
    public required int Count { get; init; }

    public static DocumentType<Finding> Type { get; } = new()
    {
        Name = "findings",
        Fields = [new("kind", f => f.Kind), new("lastAt", f => f.LastAt)],
        Indexes = [["lastAt"], ["kind", "lastAt"]],
        ExpiresAt = f => f.LastAt.AddDays(90),
    };
}

public static class FindingKinds
{
    public const string WebhookRefused = "webhook_refused";
    public const string AlertsRejected = "alerts_rejected";
    public const string AlertsTruncated = "alerts_truncated";
    public const string AlertSourceUnreachable = "alert_source_unreachable";
    public const string AlertSourceOverflow = "alert_source_overflow";
    public const string DeadLetter = "dead_letter";
}
