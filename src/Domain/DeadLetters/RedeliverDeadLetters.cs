using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.DeadLetters;

/// <summary>What is to go into a queue now.</summary>
public sealed record RedeliveredMessage(string Queue, string Body);

/// <param name="Letter">As it is stored; null when there is none.</param>
/// <param name="Refusal">Null when the decision is this caller's.</param>
/// <param name="Message">To be sent by the caller, once; null when nothing is.</param>
public sealed record DeadLetterOutcome(DeadLetter? Letter, DeadLetterRefusal? Refusal, RedeliveredMessage? Message);

/// <param name="Done">One for each letter that was looked at, the oldest first.</param>
/// <param name="HasMore">Whether others of the kind wait.</param>
public sealed record DeadLetterBatch(IReadOnlyList<DeadLetterOutcome> Done, bool HasMore);

/// <summary>
/// Decides about letters. The decision is stored before its message leaves, each on the version that was read: of callers who race, one sends. A process that
/// dies in between sends nothing; what the message was about is back at work in the store by then, and the letter can be sent again on purpose.
/// </summary>
public sealed class RedeliverDeadLetters(
    IDocuments<DeadLetter> letters, IDocuments<DeadLetterBody> bodies, IMessageReader reader, SetAsideEpisodes aside, TimeProvider time)
{
    /// <param name="again">Also when it was put back or dismissed before.</param>
    /// <exception cref="StoreUnavailableException">The letter is as it was, or is redelivered without a message: read it.</exception>
    public async Task<DeadLetterOutcome> RedeliverAsync(Caller caller, string id, bool again, CancellationToken cancellationToken)
    {
        if (!ListDeadLetters.IsOpenTo(caller) || await letters.ReadAsync(caller.Tenant, id, cancellationToken) is not { } letter)
        {
            return new DeadLetterOutcome(null, DeadLetterRefusal.Unknown, null);
        }

        var body = await bodies.ReadManyAsync(caller.Tenant, [id], cancellationToken);
        return (await RedeliverAsync(caller, [letter], body, again, cancellationToken))[0];
    }

    /// <summary>The oldest letters that wait.</summary>
    /// <param name="queue">Of this queue, or of all.</param>
    /// <param name="most">1 to <see cref="DeadLetterRules.MaxBatch"/>.</param>
    public async Task<DeadLetterBatch> RedeliverWaitingAsync(Caller caller, string? queue, int most, CancellationToken cancellationToken)
    {
        if (most is < 1 or > DeadLetterRules.MaxBatch)
        {
            throw ListArguments.Wrong("max", $"max must be 1 to {DeadLetterRules.MaxBatch}; it is {most}.");
        }

        if (!ListDeadLetters.IsOpenTo(caller))
        {
            return new DeadLetterBatch([], false);
        }

        var page = await letters.QueryAsync(caller.Tenant, ListDeadLetters.QueryOf(queue, DeadLetterState.Waiting) with { PageSize = most }, cancellationToken);
        var texts = await bodies.ReadManyAsync(caller.Tenant, [.. page.Documents.Select(d => d.Id)], cancellationToken);
        return new DeadLetterBatch(await RedeliverAsync(caller, page.Documents, texts, false, cancellationToken), page.ContinuationToken is not null);
    }

    /// <summary>Says that a letter needs no more. Alerts that it was about stay set aside until they change.</summary>
    public async Task<DeadLetterOutcome> DismissAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (!ListDeadLetters.IsOpenTo(caller) || await letters.ReadAsync(caller.Tenant, id, cancellationToken) is not { } letter)
        {
            return new DeadLetterOutcome(null, DeadLetterRefusal.Unknown, null);
        }

        var (next, refusal) = DeadLetterRules.Dismiss(letter.Value, caller.Subject, time.GetUtcNow());
        if (next is null || next == letter.Value)
        {
            return new DeadLetterOutcome(letter.Value, refusal, null);
        }

        return (await letters.WriteAsync(caller.Tenant, DocumentWrite<DeadLetter>.Replace(letter, next), cancellationToken)).Written
            ? new DeadLetterOutcome(next, null, null)
            : await LostAsync(caller, letter, cancellationToken);
    }

    private async Task<IReadOnlyList<DeadLetterOutcome>> RedeliverAsync(
        Caller caller, IReadOnlyList<Document<DeadLetter>> found, IReadOnlyDictionary<string, Document<DeadLetterBody>> texts, bool again, CancellationToken cancellationToken)
    {
        var outcomes = new DeadLetterOutcome[found.Count];
        var writes = new List<(int Index, DeadLetter Next, string Text)>();
        for (var i = 0; i < found.Count; i++)
        {
            var (next, refusal) = DeadLetterRules.Redeliver(found[i].Value, caller.Subject, time.GetUtcNow(), again);
            var text = texts.GetValueOrDefault(found[i].Id)?.Value.Text;
            outcomes[i] = new DeadLetterOutcome(found[i].Value, refusal ?? (text is null ? DeadLetterRefusal.Unsendable : null), null);
            if (next is not null && text is not null)
            {
                writes.Add((i, next, text));
            }
        }

        // Back to work before the decision is stored: should this process die then, the reconciler queues them.
        foreach (var write in writes)
        {
            await aside.ReturnAsync(caller.Tenant, reader.Read(write.Next.Queue, write.Text).EpisodeIds, cancellationToken);
        }

        var results = writes.Count == 0
            ? []
            : await letters.WriteManyAsync(caller.Tenant, [.. writes.Select(w => DocumentWrite<DeadLetter>.Replace(found[w.Index], w.Next))], cancellationToken);
        for (var i = 0; i < results.Count; i++)
        {
            var (index, next, text) = writes[i];
            outcomes[index] = results[i].Written
                ? new DeadLetterOutcome(next, null, new RedeliveredMessage(next.Queue, text))
                : await LostAsync(caller, found[index], cancellationToken);
        }

        DeadLetterTelemetry.Redelivered(outcomes);
        return outcomes;
    }

    /// <summary>Another caller was faster; what it decided is the answer.</summary>
    private async Task<DeadLetterOutcome> LostAsync(Caller caller, Document<DeadLetter> letter, CancellationToken cancellationToken)
    {
        var now = (await letters.ReadAsync(caller.Tenant, letter.Id, cancellationToken))?.Value;
        return new DeadLetterOutcome(now, now is null ? DeadLetterRefusal.Unknown : now.State == DeadLetterState.Dismissed ? DeadLetterRefusal.Dismissed : DeadLetterRefusal.Redelivered, null);
    }
}
