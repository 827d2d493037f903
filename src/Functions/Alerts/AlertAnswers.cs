using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Alerts;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Alerts;

/// <summary>What a sender of alerts is told.</summary>
public static class AlertAnswers
{
    public static IResult For(IngestOutcome outcome) => outcome.Refusal is { } refusal
        ? Answers.Problem(refusal.Status, "The alerts were not taken", refusal.Message, refusal.Field)
        : Answers.Json(new AlertsAccepted(outcome.Accepted, outcome.Rejected, outcome.Truncated), StatusCodes.Status202Accepted);
}

/// <summary>Each alert that is stored with the id it is known by, and each that was not taken with the reason.</summary>
public sealed record AlertsAccepted(IReadOnlyList<AcceptedAlert> Accepted, IReadOnlyList<RejectedAlert> Rejected, int Truncated);
