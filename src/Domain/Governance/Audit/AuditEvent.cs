namespace Nightwatch.Domain.Governance.Audit;

/// <summary>How an audited act ended.</summary>
public enum AuditOutcome
{
    Succeeded,
    Refused,
    Failed,
}

/// <summary>
/// Something that somebody did, or was kept from doing. Every text is masked and cut to its bound before it is stored, so a caller may hand over what it has.
/// </summary>
public sealed record AuditEvent
{
    /// <summary>1 to 128 characters; the partition that the record is stored in.</summary>
    public required string Tenant { get; init; }

    /// <summary>When it happened; null means now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Stable id of who did it, such as "machine:{token id}" or "system". At most 256 characters are kept.</summary>
    public required string Actor { get; init; }

    /// <summary>How people call the actor. At most 128 characters are kept.</summary>
    public string ActorName { get; init; } = "";

    /// <summary>person, machine, development or system.</summary>
    public string ActorKind { get; init; } = "";

    /// <summary>The address that the request came from, or "system". At most 128 characters are kept.</summary>
    public string From { get; init; } = "";

    /// <summary>At most 128 characters are kept.</summary>
    public string CorrelationId { get; init; } = "";

    /// <summary>Dotted lower case, at most 64 characters, such as tool.call; see <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: a tool, a route, an incident. At most 512 characters are kept.</summary>
    public string Target { get; init; } = "";

    public AuditOutcome Outcome { get; init; }

    /// <summary>At most 24 entries are kept, names of 64 and values of 512 characters.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}

/// <summary>The actions that Nightwatch itself records.</summary>
public static class AuditActions
{
    /// <summary>The first record of every chain.</summary>
    public const string ChainOpened = "chain.opened";

    public const string HttpRequest = "http.request";
    public const string ToolCall = "tool.call";

    /// <summary>Before a tool that changes something runs, so that a process that dies over it leaves a trace.</summary>
    public const string ToolBegun = "tool.begun";

    /// <summary>Before a request that changes something is carried out, for the same reason.</summary>
    public const string HttpBegun = "http.begun";

    public const string SignedIn = "access.signed_in";
    public const string SignedOut = "access.signed_out";
    public const string ProcessStarted = "process.started";
    public const string AccessRefused = "access.refused";
    public const string AccessChanged = "access.changed";
    public const string ConfigurationChanged = "configuration.changed";
    public const string InvestigationClaimed = "investigation.claimed";
    public const string InvestigationConcluded = "investigation.concluded";
    public const string IncidentDecided = "incident.decided";

    /// <summary>A question in plain words, and who translated it; the queries that it led to are tool calls.</summary>
    public const string QuestionAsked = "question.asked";

    public const string ApprovalGiven = "approval.given";
    public const string DeadLetterRedelivered = "dead_letter.redelivered";
    public const string DeadLetterDismissed = "dead_letter.dismissed";
}
