using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>How an identity came with a request.</summary>
public enum IdentitySource
{
    None,
    BearerToken,
    Session,
    Platform,
}

/// <summary>
/// What a request says about who sends it: nothing that is ours to read (both null; perhaps a service token), an identity, or credentials that were refused.
/// </summary>
public sealed record IdentityReading
{
    private IdentityReading()
    {
    }

    public static IdentityReading NoCredentials { get; } = new();

    public VerifiedIdentity? Identity { get; private init; }

    /// <summary>Its Reason is for the log, its Told for the caller, its Kind for the status.</summary>
    public Refusal? Refusal { get; private init; }

    public IdentitySource Source { get; private init; }

    /// <summary>The session's id in the store, which is no secret; null without one.</summary>
    public string? SessionId { get; private init; }

    public static IdentityReading Of(VerifiedIdentity identity, IdentitySource source, string? sessionId = null) =>
        new() { Identity = identity, Source = source, SessionId = sessionId };

    public static IdentityReading Refused(Refusal refusal, IdentitySource source) => new() { Refusal = refusal, Source = source };
}
