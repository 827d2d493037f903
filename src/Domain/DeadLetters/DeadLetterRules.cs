using System.Text;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Domain.DeadLetters;

/// <summary>A dead letter as the queue hands it over.</summary>
public sealed record ReceivedDeadLetter
{
    public required string Queue { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public string MessageId { get; init; } = "";

    public string? Reason { get; init; }

    public string? Description { get; init; }

    /// <summary>This delivery included.</summary>
    public int DeliveryCount { get; init; } = 1;

    public DateTimeOffset? EnqueuedAt { get; init; }
}

/// <summary>What becomes of a dead letter: pure rules.</summary>
public static class DeadLetterRules
{
    /// <summary>A longer body is cut and cannot be sent back. Nightwatch's own messages stay far below.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Letters of one batch: as many messages leave with one answer.</summary>
    public const int MaxBatch = 100;

    /// <summary>How long a letter is kept that nobody decides about, and how long after the decision.</summary>
    public const int KeptDays = 90;

    private const int MaxExcerpt = 300;
    private const int MaxReason = 200;
    private const int MaxDescription = 1000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string IdOf(ReceivedDeadLetter received) =>
        TextHash.ShortOf($"{received.Queue}\n{received.MessageId}\n{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(received.Body.Span))}");

    public static (DeadLetter Letter, DeadLetterBody Body) Make(ReceivedDeadLetter received, IMasker masker, DateTimeOffset now)
    {
        var isWhole = received.Body.Length <= MaxBodyBytes;
        var (text, isBinary) = Read(isWhole ? received.Body.Span : received.Body.Span[..MaxBodyBytes], isWhole);
        var letter = new DeadLetter
        {
            Id = IdOf(received),
            Queue = received.Queue,
            State = isWhole && !isBinary ? DeadLetterState.Waiting : DeadLetterState.Unsendable,
            MessageId = Line(received.MessageId, MaxReason),
            Reason = received.Reason is { Length: > 0 } reason ? Line(masker.Mask(reason), MaxReason) : null,
            Description = received.Description is { Length: > 0 } description ? Line(masker.Mask(CleanText.Cut(description, 4 * MaxDescription)), MaxDescription) : null,
            Deliveries = Math.Max(0, received.DeliveryCount - 1),
            EnqueuedAt = received.EnqueuedAt,
            DeadLetteredAt = now,
            // Masked whole: a secret that is cut in two is no longer known for one.
            Excerpt = isBinary ? "" : Line(masker.Mask(text), MaxExcerpt),
            BodyBytes = received.Body.Length,
        };
        return (letter, new DeadLetterBody { Text = text, IsBinary = isBinary, StoredAt = now });
    }

    /// <summary>The letter after it was put back, or why it may not be.</summary>
    /// <param name="again">Put it back although that, or a dismissal, is decided already.</param>
    public static (DeadLetter? Next, DeadLetterRefusal? Refusal) Redeliver(DeadLetter letter, string by, DateTimeOffset now, bool again) => letter.State switch
    {
        DeadLetterState.Unsendable => (null, DeadLetterRefusal.Unsendable),
        DeadLetterState.Redelivered when !again => (null, DeadLetterRefusal.Redelivered),
        DeadLetterState.Dismissed when !again => (null, DeadLetterRefusal.Dismissed),
        _ => (letter with { State = DeadLetterState.Redelivered, DecidedBy = by, DecidedAt = now, Redeliveries = letter.Redeliveries + 1 }, null),
    };

    /// <summary>The letter after its dismissal, or why it may not be. One that is dismissed stays as it is.</summary>
    public static (DeadLetter? Next, DeadLetterRefusal? Refusal) Dismiss(DeadLetter letter, string by, DateTimeOffset now) => letter.State switch
    {
        DeadLetterState.Redelivered => (null, DeadLetterRefusal.Redelivered),
        DeadLetterState.Dismissed => (letter, null),
        _ => (letter with { State = DeadLetterState.Dismissed, DecidedBy = by, DecidedAt = now }, null),
    };

    private static (string Text, bool IsBinary) Read(ReadOnlySpan<byte> body, bool isWhole)
    {
        try
        {
            // A cut may have parted a character; what is cut is never sent again.
            return (isWhole ? Strict.GetString(body) : Encoding.UTF8.GetString(body), false);
        }
        catch (DecoderFallbackException)
        {
            return (Convert.ToBase64String(body), true);
        }
    }

    private static string Line(string text, int length) => CleanText.Cut(CleanText.Line(text), length);
}

/// <summary>Why a letter stays as it is.</summary>
public enum DeadLetterRefusal
{
    /// <summary>There is none of this id for this caller.</summary>
    Unknown,

    /// <summary>It was put back before, by this caller or a faster one.</summary>
    Redelivered,

    Dismissed,
    Unsendable,
}
