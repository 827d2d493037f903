using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.DeadLetters;

/// <summary>
/// Takes a letter out of a dead-letter queue: stores it, sets the alerts aside that it was about, and says so in a finding. May die anywhere and be
/// repeated: the letter is found by its id, and each of the other steps does nothing the second time.
/// </summary>
public sealed partial class StoreDeadLetter(
    IDocuments<DeadLetter> letters,
    IDocuments<DeadLetterBody> bodies,
    IMessageReader reader,
    SetAsideEpisodes aside,
    RaiseFinding findings,
    IMasker masker,
    IAccessPolicy policy,
    TimeProvider time,
    ILogger<StoreDeadLetter> log)
{
    /// <summary>The letter as it is stored now.</summary>
    /// <exception cref="StoreUnavailableException">Part of it may be stored; call again.</exception>
    public async Task<DeadLetter> StoreAsync(ReceivedDeadLetter received, CancellationToken cancellationToken)
    {
        var (letter, body) = DeadLetterRules.Make(received, masker, time.GetUtcNow());
        var subject = letter.State == DeadLetterState.Waiting ? reader.Read(received.Queue, body.Text) : MessageSubject.Unknown;
        var tenants = policy.Current;
        // What names no tenant of ours is for those who look after the first one.
        var tenant = subject.Tenant is { } named && tenants.HasTenant(named) ? named : tenants.Tenants[0].Id;

        // The body first: a letter in the list can be sent back.
        await bodies.WriteAsync(tenant, DocumentWrite<DeadLetterBody>.Upsert(letter.Id, body), cancellationToken);
        if ((await letters.WriteAsync(tenant, DocumentWrite<DeadLetter>.Create(letter.Id, letter), cancellationToken)).Written)
        {
            DeadLetterTelemetry.Stored(received.Queue);
            Stored(letter.Id, received.Queue, letter.MessageId, letter.Reason ?? "no reason", letter.Description ?? "");
            await findings.RaiseAsync(tenant, FindingKinds.DeadLetter, received.Queue, $"{letter.Reason}: {letter.Description}", cancellationToken);
        }
        else
        {
            letter = (await letters.ReadAsync(tenant, letter.Id, cancellationToken))?.Value ?? letter;
        }

        // One that somebody has decided about meanwhile is not held back again.
        if (letter.State == DeadLetterState.Waiting && subject.Tenant == tenant)
        {
            await aside.SetAsideAsync(tenant, subject.EpisodeIds, received.EnqueuedAt ?? letter.DeadLetteredAt, cancellationToken);
            letter = await KeepDecisionAsync(tenant, letter, subject, cancellationToken);
        }

        return letter;
    }

    /// <summary>Somebody may have sent the letter back between its storing and the setting aside: then nothing else would bring its alerts back.</summary>
    private async Task<DeadLetter> KeepDecisionAsync(string tenant, DeadLetter letter, MessageSubject subject, CancellationToken cancellationToken)
    {
        var now = (await letters.ReadAsync(tenant, letter.Id, cancellationToken))?.Value ?? letter;
        if (now.State == DeadLetterState.Redelivered)
        {
            await aside.ReturnAsync(tenant, subject.EpisodeIds, cancellationToken);
        }

        return now;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The dead letter {Id} of the queue {Queue} (message {MessageId}) is stored: {Reason}. {Description}")]
    private partial void Stored(string id, string queue, string messageId, string reason, string description);
}
