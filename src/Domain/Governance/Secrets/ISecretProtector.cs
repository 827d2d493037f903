namespace Nightwatch.Domain.Governance.Secrets;

public enum SecretOutcome
{
    Opened,

    /// <summary>Not an envelope of ours.</summary>
    Malformed,

    /// <summary>Made with a key that is not configured (any more).</summary>
    UnknownKey,

    /// <summary>Changed, or made for another place.</summary>
    NotAuthentic,
}

/// <summary>What opening an envelope gave: <see cref="Text"/> when, and only when, it was opened.</summary>
public sealed record OpenedSecret(SecretOutcome Outcome, SecretText? Text = null);

/// <summary>
/// Encrypts secrets for the store. An envelope is text: nws1.{key id}.{base64url}. Who holds the store without the key learns the length of a secret, to
/// 64 bytes, and nothing else.
/// </summary>
public interface ISecretProtector
{
    /// <summary>Id of the key that new envelopes are made with; null when no key is configured, and then nothing can be protected.</summary>
    string? CurrentKeyId { get; }

    /// <exception cref="SecretsNotConfiguredException">There is no key.</exception>
    string Protect(SecretText secret, SecretContext context);

    /// <summary>Takes any text and throws nothing.</summary>
    OpenedSecret Unprotect(string? envelope, SecretContext context);

    /// <summary>Whether the envelope was made with another key than the current one. False for what is no envelope, and when there is no key.</summary>
    bool NeedsRewrap(string? envelope);

    /// <summary>Id of the key that an envelope says it was made with; null when it is none.</summary>
    string? KeyIdOf(string? envelope);
}

/// <summary>A secret is to be stored, but NIGHTWATCH_SECRETS_KEY is not set.</summary>
public sealed class SecretsNotConfiguredException : Exception
{
    public SecretsNotConfiguredException()
        : base("Secrets cannot be stored: NIGHTWATCH_SECRETS_KEY is not set.")
    {
    }

    public SecretsNotConfiguredException(string message)
        : base(message)
    {
    }

    public SecretsNotConfiguredException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
