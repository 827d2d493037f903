using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.DeadLetters;

public enum DeadLetterState
{
    /// <summary>For a person to send back or to dismiss.</summary>
    Waiting,

    /// <summary>Waiting as well, but it cannot be sent back as it was: it is no text, or longer than what is kept.</summary>
    Unsendable,

    /// <summary>Put back into its queue.</summary>
    Redelivered,

    /// <summary>A person decided that it needs no more.</summary>
    Dismissed,
}

/// <summary>A message that a queue gave up on, as people see it in lists. Its body is a <see cref="DeadLetterBody"/> of the same id.</summary>
public sealed record DeadLetter
{
    /// <summary>Derived from queue, message id and body: the same message is stored once, however often the queue hands it over.</summary>
    public required string Id { get; init; }

    public required string Queue { get; init; }

    public required DeadLetterState State { get; init; }

    /// <summary>The broker's id of the message; empty when it had none.</summary>
    public required string MessageId { get; init; }

    /// <summary>The broker's word, such as MaxDeliveryCountExceeded; null when it gave none.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong, masked. LocalRuntime gives the last exception; Service Bus gives the number of deliveries.</summary>
    public string? Description { get; init; }

    /// <summary>Deliveries before it was given up.</summary>
    public required int Deliveries { get; init; }

    public DateTimeOffset? EnqueuedAt { get; init; }

    /// <summary>When it was stored here, which is within seconds of the queue's giving up while the app runs.</summary>
    public required DateTimeOffset DeadLetteredAt { get; init; }

    /// <summary>The beginning of the body, masked.</summary>
    public required string Excerpt { get; init; }

    /// <summary>Of the whole body, in bytes of UTF-8.</summary>
    public required int BodyBytes { get; init; }

    /// <summary>Who sent it back or dismissed it last.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>How often it was put back.</summary>
    public int Redeliveries { get; init; }

    public static DocumentType<DeadLetter> Type { get; } = new()
    {
        Name = "dead_letters",
        Fields =
        [
            new("queue", l => l.Queue),
            new("state", l => NameOf(l.State)),
            new("deadLetteredAt", l => l.DeadLetteredAt),
        ],
        Indexes = [["deadLetteredAt"], ["queue", "deadLetteredAt"], ["state", "deadLetteredAt"], ["queue", "state", "deadLetteredAt"]],
        ExpiresAt = l => (l.DecidedAt ?? l.DeadLetteredAt).AddDays(DeadLetterRules.KeptDays),
    };

    /// <summary>As it is stored and asked for.</summary>
    public static string NameOf(DeadLetterState state) => state switch
    {
        DeadLetterState.Waiting => "waiting",
        DeadLetterState.Unsendable => "unsendable",
        DeadLetterState.Redelivered => "redelivered",
        _ => "dismissed",
    };
}

/// <summary>What the message said, as it came: it is masked when it is shown, since masked it could not be sent again.</summary>
public sealed record DeadLetterBody
{
    /// <summary>Text, or base64 of what is none.</summary>
    public required string Text { get; init; }

    public bool IsBinary { get; init; }

    public required DateTimeOffset StoredAt { get; init; }

    public static DocumentType<DeadLetterBody> Type { get; } = new()
    {
        Name = "dead_letter_bodies",
        // Longer than its letter, which may be sent back on its last day.
        ExpiresAt = b => b.StoredAt.AddDays((2 * DeadLetterRules.KeptDays) + 1),
    };
}
