using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Applications;

public enum ApplicationVerdict
{
    Done,

    /// <summary>There is none, or none that the caller may know of.</summary>
    NotFound,

    /// <summary>There is one of that id already.</summary>
    Exists,

    /// <summary>It is not the version that the caller read.</summary>
    Changed,

    Forbidden,
    Invalid,
}

/// <summary>What became of a change. <see cref="Stored"/> is what is there now (after a removal: what was there); null or empty unless done.</summary>
public sealed record ApplicationOutcome(ApplicationVerdict Verdict, IReadOnlyList<Document<ApplicationProfile>> Stored, IReadOnlyList<ApplicationProblem> Problems)
{
    internal static ApplicationOutcome Of(ApplicationVerdict verdict, params IReadOnlyList<ApplicationProblem> problems) => new(verdict, [], problems);

    internal static ApplicationOutcome Done(params IReadOnlyList<Document<ApplicationProfile>> stored) => new(ApplicationVerdict.Done, stored, []);
}

/// <summary>Keeps the profiles of each tenant's applications.</summary>
public sealed class ApplicationProfiles(IDocuments<ApplicationProfile> documents, TimeProvider time)
{
    /// <summary>Profiles in one import.</summary>
    public const int MaxImported = 50;

    private const int MaxTries = 8;

    /// <summary>Those that the caller may see, by id.</summary>
    /// <exception cref="ArgumentException">The page size or the token is not acceptable.</exception>
    public Task<Listing<ApplicationProfile>> ListAsync(Caller caller, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ListArguments.Check(pageSize);
        var query = new DocumentQuery { PageSize = pageSize, ContinuationToken = continuationToken };
        return VisiblePage.ReadAsync(documents, caller.Tenant, query, p => ApplicationAccess.MayRead(caller, p) ? p : null, cancellationToken);
    }

    /// <summary>Null when there is none that the caller may see.</summary>
    public async Task<Document<ApplicationProfile>?> ReadAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        ApplicationRules.IsId(id) && await documents.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false) is { } read && ApplicationAccess.MayRead(caller, read.Value)
            ? read
            : null;

    /// <summary>The profile, whoever asks: what of it is open to the caller is for the one to decide who uses it.</summary>
    internal async Task<ApplicationProfile?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        ApplicationRules.IsId(id) ? (await documents.ReadAsync(tenant, id, cancellationToken).ConfigureAwait(false))?.Value : null;

    /// <summary>
    /// Stores all of them or none. Each is a write of its own: when one turns out to be there already, those before it are taken back.
    /// </summary>
    /// <param name="path">Says where a profile of the list stands, as the caller wrote it; empty for a single one.</param>
    public async Task<ApplicationOutcome> CreateAsync(
        Caller caller, IReadOnlyList<ApplicationProfile> profiles, Func<int, string> path, CancellationToken cancellationToken)
    {
        if (Refuse(caller, profiles, path) is { } refusal)
        {
            return refusal;
        }

        var there = await documents.ReadManyAsync(caller.Tenant, [.. profiles.Select(p => p.Id)], cancellationToken).ConfigureAwait(false);
        if (there.Count > 0)
        {
            return Exists(profiles, path, i => there.ContainsKey(profiles[i].Id));
        }

        var now = time.GetUtcNow();
        var created = profiles.Select(p => p with
        {
            Tenant = caller.Tenant,
            Version = 1,
            CreatedBy = caller.Subject,
            CreatedAt = now,
            UpdatedBy = caller.Subject,
            UpdatedAt = now,
        }).ToList();
        var results = await documents
            .WriteManyAsync(caller.Tenant, [.. created.Select(p => DocumentWrite<ApplicationProfile>.Create(p.Id, p))], cancellationToken).ConfigureAwait(false);
        if (results.All(r => r.Written))
        {
            return ApplicationOutcome.Done([.. created.Select((p, i) => new Document<ApplicationProfile>(caller.Tenant, p.Id, results[i].ETag!, p))]);
        }

        for (var i = 0; i < created.Count; i++)
        {
            if (results[i].Written)
            {
                await documents.DeleteAsync(caller.Tenant, created[i].Id, results[i].ETag, CancellationToken.None).ConfigureAwait(false);
            }
        }

        return Exists(profiles, path, i => !results[i].Written);
    }

    /// <param name="etag">The version to replace; null for whichever is there.</param>
    public async Task<ApplicationOutcome> ReplaceAsync(Caller caller, string id, ApplicationProfile profile, string? etag, CancellationToken cancellationToken)
    {
        if (profile.Id.Length > 0 && profile.Id != id)
        {
            return ApplicationOutcome.Of(ApplicationVerdict.Invalid, new ApplicationProblem("id", "id is not that of the address; an application keeps its id."));
        }

        profile = profile with { Id = id };
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var (read, missing) = await FindAsync(caller, id, etag, cancellationToken).ConfigureAwait(false);
            if (read is null)
            {
                return missing!;
            }

            if (Refuse(caller, [profile], _ => "", read.Value) is { } refusal)
            {
                return refusal;
            }

            var replaced = profile with
            {
                Tenant = caller.Tenant,
                Version = read.Value.Version + 1,
                CreatedBy = read.Value.CreatedBy,
                CreatedAt = read.Value.CreatedAt,
                UpdatedBy = caller.Subject,
                UpdatedAt = time.GetUtcNow(),
            };
            var result = await documents.WriteAsync(caller.Tenant, DocumentWrite<ApplicationProfile>.Replace(read, replaced), cancellationToken).ConfigureAwait(false);
            if (result.Written)
            {
                return ApplicationOutcome.Done(new Document<ApplicationProfile>(caller.Tenant, id, result.ETag!, replaced));
            }
        }

        throw new StoreUnavailableException($"The application {id} kept changing while it was written.");
    }

    /// <param name="etag">The version to remove; null for whichever is there.</param>
    public async Task<ApplicationOutcome> DeleteAsync(Caller caller, string id, string? etag, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var (read, missing) = await FindAsync(caller, id, etag, cancellationToken).ConfigureAwait(false);
            if (read is null)
            {
                return missing!;
            }

            if (await documents.DeleteAsync(caller.Tenant, id, read.ETag, cancellationToken).ConfigureAwait(false))
            {
                return ApplicationOutcome.Done(read);
            }
        }

        throw new StoreUnavailableException($"The application {id} kept changing while it was removed.");
    }

    /// <summary>The profile that the caller may change, or why not. What the caller may neither change nor see is not there.</summary>
    private async Task<(Document<ApplicationProfile>? Read, ApplicationOutcome? Missing)> FindAsync(
        Caller caller, string id, string? etag, CancellationToken cancellationToken)
    {
        if (!ApplicationRules.IsId(id) || await documents.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return (null, ApplicationOutcome.Of(ApplicationVerdict.NotFound));
        }

        if (!ApplicationAccess.MayWrite(caller, read.Value))
        {
            return (null, ApplicationOutcome.Of(ApplicationAccess.MayRead(caller, read.Value) ? ApplicationVerdict.Forbidden : ApplicationVerdict.NotFound));
        }

        return etag is null || etag == read.ETag ? (read, null) : (null, ApplicationOutcome.Of(ApplicationVerdict.Changed));
    }

    private static ApplicationOutcome? Refuse(Caller caller, IReadOnlyList<ApplicationProfile> profiles, Func<int, string> path, ApplicationProfile? stored = null)
    {
        if (profiles.Count is 0 or > MaxImported)
        {
            return ApplicationOutcome.Of(ApplicationVerdict.Invalid, new ApplicationProblem("applications", $"An import holds 1 to {MaxImported} applications."));
        }

        var wrong = Among(profiles, path, (p, _) => ApplicationRules.Check(p))
            .Concat(Among(profiles, path, (p, i) => profiles.Take(i).Any(before => before.Id == p.Id) ? [new ApplicationProblem("id", $"'{p.Id}' is given twice.")] : []))
            .ToList();
        if (wrong.Count > 0)
        {
            return ApplicationOutcome.Of(ApplicationVerdict.Invalid, wrong);
        }

        var forbidden = Among(profiles, path, (p, _) => ApplicationAccess.MayWrite(caller, p)
            ? ApplicationAccess.Beyond(caller, p, stored)
            : [new ApplicationProblem("id", "This application, with its environments and sources, is not among those you may manage.")]);
        return forbidden.Count > 0 ? ApplicationOutcome.Of(ApplicationVerdict.Forbidden, forbidden) : null;
    }

    private static ApplicationOutcome Exists(IReadOnlyList<ApplicationProfile> profiles, Func<int, string> path, Func<int, bool> isThere) =>
        ApplicationOutcome.Of(
            ApplicationVerdict.Exists, Among(profiles, path, (p, i) => isThere(i) ? [new ApplicationProblem("id", $"There is an application '{p.Id}' already.")] : []));

    private static List<ApplicationProblem> Among(
        IReadOnlyList<ApplicationProfile> profiles, Func<int, string> path, Func<ApplicationProfile, int, IReadOnlyList<ApplicationProblem>> check) =>
        [.. profiles.SelectMany((p, i) => check(p, i).Select(problem => problem with { Field = path(i).Length == 0 ? problem.Field : $"{path(i)}.{problem.Field}" })).Take(100)];
}
