using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.DeadLetters;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.DeadLetters;

/// <summary>What somebody who decides about dead letters is told.</summary>
public static class DeadLetterAnswers
{
    public static IResult Refused(string id, DeadLetterOutcome outcome) => outcome.Refusal is DeadLetterRefusal.Unknown
        ? Answers.NotFound($"dead letter {id}")
        : Answers.Problem(
            outcome.Refusal is DeadLetterRefusal.Unsendable ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict,
            "The dead letter stays as it is",
            Why(outcome));

    public static RedeliveredBatch Of(DeadLetterBatch batch) => new(
        [.. batch.Done.Where(o => o.Message is not null).Select(o => o.Letter!.Id)],
        [.. batch.Done.Where(o => o.Message is null && o.Letter is not null).Select(o => new KeptLetter(o.Letter!.Id, Why(o)))],
        batch.HasMore);

    private static string Why(DeadLetterOutcome outcome) => outcome.Refusal switch
    {
        DeadLetterRefusal.Redelivered => $"It was put back {WhoAndWhen(outcome.Letter)}. POST .../redeliver?again=true puts it back once more.",
        DeadLetterRefusal.Dismissed => $"It was dismissed {WhoAndWhen(outcome.Letter)}. POST .../redeliver?again=true puts it back all the same.",
        _ => "It cannot be put back as it was: its body is no text, is longer than what is kept, or has expired.",
    };

    private static string WhoAndWhen(DeadLetter? letter) =>
        string.Create(CultureInfo.InvariantCulture, $"by {letter?.DecidedBy ?? "somebody"} at {letter?.DecidedAt:yyyy-MM-ddTHH:mm:ssZ}");
}

/// <param name="Redelivered">Ids of the letters whose messages go back.</param>
/// <param name="Kept">Letters that were looked at and stay.</param>
/// <param name="HasMore">Whether others wait: call again.</param>
public sealed record RedeliveredBatch(IReadOnlyList<string> Redelivered, IReadOnlyList<KeptLetter> Kept, bool HasMore);

public sealed record KeptLetter(string Id, string Why);
