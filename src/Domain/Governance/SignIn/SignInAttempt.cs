using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>
/// A browser was sent to a provider and has not come back. The document's id is the hash of `state`; code verifier and nonce are derived from the secret
/// that the browser alone keeps, so whoever reads the store can finish no sign-in.
/// </summary>
public sealed record SignInAttempt
{
    public const string Partition = "sign-in-attempts";

    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public required string Provider { get; init; }

    public required string ReturnTo { get; init; }

    /// <summary>Hash of the browser's secret.</summary>
    public required string BrowserHash { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public static DocumentType<SignInAttempt> Type { get; } = new() { Name = "sign_in_attempts", ExpiresAt = a => a.StartedAt + Limit };
}
