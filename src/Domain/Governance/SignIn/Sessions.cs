using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Opens, finds and ends sessions; any process can end one that another opened.</summary>
public sealed class Sessions(IDocuments<Session> documents, TimeProvider time)
{
    /// <summary>Returns the secret for the browser; it is stored nowhere.</summary>
    public async Task<string> OpenAsync(string provider, VerifiedIdentity identity, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var secret = OpaqueSecret.Create();
        var session = new Session { Provider = provider, Identity = identity, Owner = identity.Key, CreatedAt = now, LastSeenAt = now };
        var written = await documents.WriteAsync(Session.Partition, DocumentWrite<Session>.Create(OpaqueSecret.HashOf(secret), session), cancellationToken).ConfigureAwait(false);
        return written.Written ? secret : throw new StoreUnavailableException("A session of the same random id exists.");
    }

    /// <summary>The session, or null when there is none, or no longer. Using a session keeps it from going idle.</summary>
    public async Task<Session?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!OpaqueSecret.IsOne(secret))
        {
            return null;
        }

        var found = await documents.ReadAsync(Session.Partition, OpaqueSecret.HashOf(secret), cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        if (found is null || found.Value.IsOver(now))
        {
            return null;
        }

        if (now - found.Value.LastSeenAt >= Session.SeenPrecision)
        {
            // Whoever is first writes; a session that was ended meanwhile stays ended, because the write is conditional.
            await documents.WriteAsync(Session.Partition, DocumentWrite<Session>.Replace(found, found.Value with { LastSeenAt = now }), cancellationToken).ConfigureAwait(false);
        }

        return found.Value;
    }

    public async Task EndAsync(string secret, CancellationToken cancellationToken)
    {
        if (OpaqueSecret.IsOne(secret))
        {
            await documents.DeleteAsync(Session.Partition, OpaqueSecret.HashOf(secret), null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends every session of a person, in whatever browser; returns how many there were.</summary>
    /// <param name="owner"><see cref="VerifiedIdentity.Key"/>.</param>
    public async Task<int> EndAllAsync(string owner, CancellationToken cancellationToken)
    {
        var ended = 0;
        string? next = null;
        do
        {
            var page = await documents.QueryAsync(
                Session.Partition,
                new DocumentQuery { Where = [FieldFilter.Equal("owner", owner)], OrderBy = "createdAt", ContinuationToken = next },
                cancellationToken).ConfigureAwait(false);
            foreach (var session in page.Documents)
            {
                ended += await documents.DeleteAsync(Session.Partition, session.Id, null, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            next = page.ContinuationToken;
        }
        while (next is not null);

        return ended;
    }
}
