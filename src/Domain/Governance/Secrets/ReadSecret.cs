using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Secrets;

public enum ReadSecretOutcome
{
    Opened,
    Missing,

    /// <summary>It is stored for something else.</summary>
    OtherPurpose,

    /// <summary>Its key is not configured any more: set it anew.</summary>
    UnknownKey,

    /// <summary>The envelope is damaged, or was put there by somebody else: set it anew, and ask who.</summary>
    NotAuthentic,
}

public sealed record ReadSecretResult(ReadSecretOutcome Outcome, SecretText? Secret = null);

/// <summary>Opens a stored secret for the one purpose that it was stored for, and lists what is stored without opening it.</summary>
public sealed class ReadSecret(IDocuments<StoredSecret> secrets, ISecretProtector protector)
{
    public async Task<ReadSecretResult> ReadForAsync(string tenant, string name, string purpose, CancellationToken cancellationToken)
    {
        if (await secrets.ReadAsync(tenant, name, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return new(ReadSecretOutcome.Missing);
        }

        if (found.Value.Purpose != purpose)
        {
            return new(ReadSecretOutcome.OtherPurpose);
        }

        var opened = protector.Unprotect(found.Value.Envelope, StoredSecret.ContextOf(tenant, name, purpose));
        return opened.Outcome switch
        {
            SecretOutcome.Opened => new(ReadSecretOutcome.Opened, opened.Text),
            SecretOutcome.UnknownKey => new(ReadSecretOutcome.UnknownKey),
            _ => new(ReadSecretOutcome.NotAuthentic),
        };
    }

    /// <summary>Ordered by name; the token is for the next page.</summary>
    public async Task<(IReadOnlyList<SecretSummary> Secrets, string? ContinuationToken)> ListAsync(
        string tenant, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        var page = await secrets.QueryAsync(
            tenant, new DocumentQuery { PageSize = pageSize, ContinuationToken = continuationToken }, cancellationToken).ConfigureAwait(false);
        return (
            [.. page.Documents.Select(d => new SecretSummary(d.Id, d.Value.Purpose, protector.KeyIdOf(d.Value.Envelope) ?? "unknown", d.Value.SetAt, d.Value.SetBy))],
            page.ContinuationToken);
    }
}
