using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Nightwatch.Domain.DeadLetters;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Functions.Http;
using Nightwatch.Functions.Masking;

namespace Nightwatch.Functions.DeadLetters;

/// <summary>Messages that the queues gave up on: to read, to put back into their queue, or to dismiss.</summary>
public sealed class DeadLettersApi(ListDeadLetters letters, RedeliverDeadLetters redeliver, IAuditTrail audit, ShownAnswers answers)
{
    [Function("ListDeadLetters")]
    [Requires(Permission.ManageAlerts)]
    public Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters")] HttpRequest request, CancellationToken cancellationToken) =>
        ListQuery.AnswerAsync(
            request.Query,
            asked => letters.ListAsync(
                request.Caller(), Known(asked.Text("queue")), asked.Choice<DeadLetterState>("state"), asked.PageSize, asked.ContinuationToken, cancellationToken),
            page => answers.Json(new DeadLetterPage(page.Items, page.ContinuationToken)));

    [Function("ReadDeadLetter")]
    [Requires(Permission.ManageAlerts)]
    public async Task<IResult> ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/dead-letters/{id}")] HttpRequest request, string id, CancellationToken cancellationToken) =>
        await letters.ReadAsync(request.Caller(), id, cancellationToken) is { } view ? answers.Json(view) : Answers.NotFound($"dead letter {id}");

    [Function("RedeliverDeadLetter")]
    [Requires(Permission.ManageAlerts)]
    public async Task<RedeliveryResult> RedeliverAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/{id}/redeliver")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await redeliver.RedeliverAsync(request.Caller(), id, new ListQuery(request.Query).Flag("again"), cancellationToken);
            if (outcome.Refusal is not null)
            {
                return RedeliveryResult.Of(DeadLetterAnswers.Refused(id, outcome));
            }

            await RecordAsync(request, AuditActions.DeadLetterRedelivered, id, [outcome], cancellationToken);
            return RedeliveryResult.Of(answers.Json(outcome.Letter!), outcome);
        }
        catch (ArgumentException wrong)
        {
            return RedeliveryResult.Of(ListQuery.Refused(wrong));
        }
    }

    [Function("RedeliverDeadLetters")]
    [Requires(Permission.ManageAlerts)]
    public async Task<RedeliveryResult> RedeliverBatchAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/dead-letters/redeliver")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (wish, problem) = await JsonBody.ReadAsync<RedeliveryWish>(request, cancellationToken);
        if (wish is null)
        {
            return RedeliveryResult.Of(problem!);
        }

        try
        {
            var batch = await redeliver.RedeliverWaitingAsync(request.Caller(), Known(wish.Queue), wish.Max ?? DeadLetterRules.MaxBatch, cancellationToken);
            DeadLetterOutcome[] sent = [.. batch.Done.Where(o => o.Message is not null)];
            if (sent.Length > 0)
            {
                await RecordAsync(request, AuditActions.DeadLetterRedelivered, wish.Queue ?? "all queues", sent, cancellationToken);
            }

            return RedeliveryResult.Of(Answers.Json(DeadLetterAnswers.Of(batch)), sent);
        }
        catch (ArgumentException wrong)
        {
            return RedeliveryResult.Of(ListQuery.Refused(wrong));
        }
    }

    [Function("DismissDeadLetter")]
    [Requires(Permission.ManageAlerts)]
    public async Task<IResult> DismissAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/dead-letters/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var outcome = await redeliver.DismissAsync(request.Caller(), id, cancellationToken);
        if (outcome.Refusal is not null)
        {
            return DeadLetterAnswers.Refused(id, outcome);
        }

        await RecordAsync(request, AuditActions.DeadLetterDismissed, id, [outcome], cancellationToken);
        return answers.Json(outcome.Letter!);
    }

    /// <summary>A queue that there is none of would look like one without letters.</summary>
    private static string? Known(string? queue) => queue is null || Queues.All.Contains(queue)
        ? queue
        : throw new ArgumentException($"queue must be one of {string.Join(", ", Queues.All)}, or left out for all.", nameof(queue));

    private Task RecordAsync(HttpRequest request, string action, string target, IReadOnlyList<DeadLetterOutcome> outcomes, CancellationToken cancellationToken) => audit.RecordAsync(
        request.Caller().Did(action, $"dead-letter/{target}") with
        {
            Details = outcomes.Select(o => o.Letter!).GroupBy(l => l.Queue).ToDictionary(queue => queue.Key, queue => string.Join(' ', queue.Select(l => l.Id))),
        },
        cancellationToken);
}

/// <summary>Which of the waiting letters to put back.</summary>
public sealed record RedeliveryWish
{
    /// <summary>Null for all queues.</summary>
    public string? Queue { get; init; }

    /// <summary>1 to 100; 100 when it is not given.</summary>
    public int? Max { get; init; }
}

public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> DeadLetters, string? ContinuationToken);

/// <summary>The answer, and the messages that go back.</summary>
public sealed class RedeliveryResult
{
    [HttpResult]
    public required IResult Response { get; init; }

    [ServiceBusOutput(Queues.Alerts, Connection = Queues.Connection)]
    public string[]? Alerts { get; init; }

    [ServiceBusOutput(Queues.Reconcile, Connection = Queues.Connection)]
    public string[]? Reconcile { get; init; }

    public static RedeliveryResult Of(IResult response, params IReadOnlyList<DeadLetterOutcome> sent) =>
        new() { Response = response, Alerts = For(sent, Queues.Alerts), Reconcile = For(sent, Queues.Reconcile) };

    private static string[]? For(IReadOnlyList<DeadLetterOutcome> sent, string queue) =>
        sent.Select(o => o.Message).OfType<RedeliveredMessage>().Where(m => m.Queue == queue).Select(m => m.Body).ToArray() is { Length: > 0 } bodies ? bodies : null;
}
