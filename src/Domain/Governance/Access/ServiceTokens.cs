using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Access;

/// <summary>What a new token is to be.</summary>
public sealed record NewServiceToken
{
    public string Name { get; init; } = "";

    /// <summary>Names, such as ingest:alerts.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    public Scope Scope { get; init; } = Scope.Everywhere;

    /// <summary>1 to 366; 90 when left out.</summary>
    public int? ExpiresInDays { get; init; }
}

/// <summary>The token's text, which nobody can read again, or what is wrong with the wish.</summary>
public sealed record NewServiceTokenOutcome
{
    public string? Token { get; init; }

    public ServiceToken? Stored { get; init; }

    /// <summary>Field of the request that is wrong.</summary>
    public string? Field { get; init; }

    public string? Problem { get; init; }

    /// <summary>True when the wish is well formed, but more than the one who asks has.</summary>
    public bool IsForbidden { get; init; }
}

/// <summary>Makes, lists, revokes and recognises service tokens. A revoked token is refused by every process from the next request on.</summary>
public sealed class ServiceTokens(IDocuments<ServiceToken> tokens, TimeProvider time)
{
    private const int MaxTries = 8;
    private const int MaxDays = 366;
    private const int DefaultDays = 90;

    /// <summary>Nobody can give a machine more than they have.</summary>
    public async Task<NewServiceTokenOutcome> CreateAsync(Caller by, NewServiceToken wish, CancellationToken cancellationToken)
    {
        if (Check(by, wish) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetUtcNow();
        var text = ServiceTokenText.Create(by.Tenant);
        var token = new ServiceToken
        {
            Id = text.Id,
            Tenant = by.Tenant,
            Name = CleanText.Line(wish.Name).Trim(),
            Hash = text.Hash,
            Permissions = [.. wish.Permissions.Distinct(StringComparer.Ordinal)],
            Scope = wish.Scope,
            CreatedBy = by.Subject,
            CreatedAt = now,
            ExpiresAt = now.AddDays(wish.ExpiresInDays ?? DefaultDays),
        };
        var written = await tokens.WriteAsync(by.Tenant, DocumentWrite<ServiceToken>.Create(token.Id, token), cancellationToken).ConfigureAwait(false);
        return written.Written
            ? new NewServiceTokenOutcome { Token = text.Text, Stored = token }
            : throw new StoreUnavailableException("The token's id is taken; ask again.");
    }

    /// <summary>The tenant's tokens, the newest first; those over for 90 days are gone.</summary>
    public async Task<Listing<ServiceToken>> ListAsync(Caller by, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ListArguments.Check(pageSize);
        var query = new DocumentQuery { OrderBy = "createdAt", Descending = true, PageSize = pageSize, ContinuationToken = continuationToken };
        var page = await tokens.QueryAsync(by.Tenant, query, cancellationToken).ConfigureAwait(false);
        return new Listing<ServiceToken>([.. page.Documents.Select(d => d.Value)], page.ContinuationToken);
    }

    /// <summary>The token as it is now; null when there is none.</summary>
    public async Task<ServiceToken?> RevokeAsync(Caller by, string id, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await tokens.ReadAsync(by.Tenant, id, cancellationToken).ConfigureAwait(false) is not { } read)
            {
                return null;
            }

            if (read.Value.RevokedAt is not null)
            {
                return read.Value;
            }

            var revoked = read.Value with { RevokedAt = time.GetUtcNow(), RevokedBy = by.Subject };
            if ((await tokens.WriteAsync(by.Tenant, DocumentWrite<ServiceToken>.Replace(read, revoked), cancellationToken).ConfigureAwait(false)).Written)
            {
                return revoked;
            }
        }

        throw new StoreUnavailableException($"The token {id} kept changing while it was revoked.");
    }

    /// <summary>The token's document, or null when the text is no token, not known, revoked or over. One read by key.</summary>
    public async Task<ServiceToken?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (ServiceTokenText.Parse(text) is not { } token
            || await tokens.ReadAsync(token.Tenant, token.Id, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        var isTheSame = TextHash.Same(token.Hash, read.Value.Hash);
        return isTheSame && read.Value.IsValid(time.GetUtcNow()) ? read.Value : null;
    }

    private static NewServiceTokenOutcome? Check(Caller by, NewServiceToken wish)
    {
        if (string.IsNullOrWhiteSpace(wish.Name) || wish.Name.Length > 80)
        {
            return Wrong("name", "name must have 1 to 80 characters.");
        }

        if (wish.ExpiresInDays is < 1 or > MaxDays)
        {
            return Wrong("expiresInDays", $"expiresInDays must be 1 to {MaxDays}.");
        }

        var names = wish.Scope.Applications.Concat(wish.Scope.Environments).Concat(wish.Scope.Datasources).ToList();
        if (names.Count > 200 || names.Exists(n => string.IsNullOrWhiteSpace(n) || n.Length > 200))
        {
            return Wrong("scope", "scope may list 200 names of 1 to 200 characters.");
        }

        if (wish.Permissions.Count is 0 or > 32)
        {
            return Wrong("permissions", "permissions must name at least one, such as ingest:alerts.");
        }

        foreach (var name in wish.Permissions)
        {
            if (!Permissions.TryParse(name, out var permission))
            {
                return Wrong("permissions", $"There is no such permission; there are {string.Join(", ", Permissions.All.Select(Permissions.NameOf))}.");
            }

            if (!by.Scopes(permission).Any(s => s.Contains(wish.Scope)))
            {
                return Wrong("permissions", $"You cannot give {name} in that scope, since you do not have it yourself.") with { IsForbidden = true };
            }
        }

        return null;
    }

    private static NewServiceTokenOutcome Wrong(string field, string problem) => new() { Field = field, Problem = problem };
}
