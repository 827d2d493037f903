using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Secrets;

public enum SaveSecretOutcome
{
    Created,
    Replaced,

    /// <summary>A name or a purpose is not of the form that <see cref="StoredSecret.IsName"/> asks for.</summary>
    BadName,

    /// <summary>A secret of this name serves another purpose; remove it first.</summary>
    OtherPurpose,

    /// <summary>No key is configured.</summary>
    NotConfigured,

    /// <summary>Somebody else set it at the same time.</summary>
    Conflict,
}

/// <summary>Stores a secret, or puts a new one in its place. What is stored is never given back; see <see cref="ReadSecret"/> for its one use.</summary>
public sealed class SaveSecret(IDocuments<StoredSecret> secrets, ISecretProtector protector, TimeProvider time)
{
    public async Task<SaveSecretOutcome> SaveAsync(string tenant, string name, string purpose, SecretText secret, string setBy, CancellationToken cancellationToken)
    {
        if (!StoredSecret.IsName(name) || !StoredSecret.IsName(purpose))
        {
            return SaveSecretOutcome.BadName;
        }

        if (protector.CurrentKeyId is null)
        {
            return SaveSecretOutcome.NotConfigured;
        }

        var before = await secrets.ReadAsync(tenant, name, cancellationToken).ConfigureAwait(false);
        if (before is not null && before.Value.Purpose != purpose)
        {
            return SaveSecretOutcome.OtherPurpose;
        }

        var stored = new StoredSecret
        {
            Name = name,
            Purpose = purpose,
            Envelope = protector.Protect(secret, StoredSecret.ContextOf(tenant, name, purpose)),
            SetAt = time.GetUtcNow(),
            SetBy = setBy,
        };
        var write = before is null ? DocumentWrite<StoredSecret>.Create(name, stored) : DocumentWrite<StoredSecret>.Replace(before, stored);
        var result = await secrets.WriteAsync(tenant, write, cancellationToken).ConfigureAwait(false);
        return !result.Written ? SaveSecretOutcome.Conflict : before is null ? SaveSecretOutcome.Created : SaveSecretOutcome.Replaced;
    }

    /// <summary>False when there was none.</summary>
    public Task<bool> RemoveAsync(string tenant, string name, CancellationToken cancellationToken) =>
        secrets.DeleteAsync(tenant, name, etag: null, cancellationToken);
}
