using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Secrets;

/// <summary>An envelope of a document, with the place that it was made for.</summary>
public sealed record HeldSecret(SecretContext Context, string Envelope);

/// <summary>A kind of document that holds envelopes, so that their key can be changed without knowing what they are for.</summary>
public interface IHoldSecrets<TSelf>
    where TSelf : class, IHoldSecrets<TSelf>
{
    IReadOnlyList<HeldSecret> SecretsOf(Document<TSelf> stored);

    /// <summary>The same document with other envelopes, given by their <see cref="SecretContext.Field"/>.</summary>
    TSelf WithEnvelopes(IReadOnlyDictionary<string, string> envelopes);
}
