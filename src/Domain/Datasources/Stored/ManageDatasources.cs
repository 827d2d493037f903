using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>What became of a wish.</summary>
public enum DatasourceOutcomeKind
{
    Done,

    /// <summary>A field is wrong.</summary>
    Wrong,

    /// <summary>There is none of that id that the caller may change.</summary>
    NotFound,

    /// <summary>The name is outside of the caller's scope.</summary>
    Forbidden,

    /// <summary>The operator's settings make it.</summary>
    Configured,

    /// <summary>The name is taken, or others need it.</summary>
    Conflict,

    /// <summary>Somebody changed it meanwhile.</summary>
    Changed,

    /// <summary>The connection test failed, and nothing was stored.</summary>
    TestFailed,

    /// <summary>Credentials cannot be stored here.</summary>
    NoKey,
}

public sealed record DatasourceOutcome(DatasourceOutcomeKind Kind, string? Field = null, string? Problem = null)
{
    public DatasourceEntry? Entry { get; init; }

    public string? ETag { get; init; }

    /// <summary>Names of the fields that a change touched; never their values.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>Whether the connection is tested first, and whether it is stored all the same when the test fails.</summary>
public sealed record DatasourceTrial(bool Test, bool Force);

/// <summary>Adds, changes and removes datasources of the caller's tenant.</summary>
public sealed class ManageDatasources(
    IDocuments<Datasource> documents,
    ConfiguredSources configured,
    DatasourceRegistry registry,
    OpenDatasource opener,
    IDatasourceFactory factory,
    DatasourceHealthLog health,
    CheckDatasource check,
    TimeProvider time)
{
    /// <summary>Datasources that one tenant may add.</summary>
    public const int MaxPerTenant = 200;

    private const Permission Needed = Permission.ManageDatasources;

    public async Task<DatasourceOutcome> CreateAsync(Caller by, DatasourceWish wish, DatasourceTrial trial, CancellationToken cancellationToken)
    {
        var (draft, wrong) = DatasourceDraft.Make(wish, null, by.Subject, time.GetUtcNow());
        if (draft is null)
        {
            return Wrong(wrong!);
        }

        if (!by.MayQuery(Needed, draft.Settings.Name))
        {
            return new(DatasourceOutcomeKind.Forbidden, "name", "A datasource of that name is outside of your scope.");
        }

        var others = await documents.QueryAsync(by.Tenant, new DocumentQuery { PageSize = DocumentQuery.MaxPageSize }, cancellationToken).ConfigureAwait(false);
        if (others.Documents.Any(d => d.Id == draft.Settings.Id)
            || configured.List<IDatasource>(by.Tenant).Any(s => string.Equals(s.Name, draft.Settings.Name, StringComparison.OrdinalIgnoreCase)))
        {
            return NameTaken();
        }

        return others.Documents.Count >= MaxPerTenant
            ? new(DatasourceOutcomeKind.Conflict, null, $"There are {MaxPerTenant} datasources already; remove one first.")
            : await StoreAsync(by, draft, null, trial, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="etag">The version that is to be replaced; null for whichever there is.</param>
    public async Task<DatasourceOutcome> ReplaceAsync(
        Caller by, string id, DatasourceWish wish, string? etag, DatasourceTrial trial, CancellationToken cancellationToken)
    {
        var (read, refusal) = await ReadForChangeAsync(by, id, etag, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            return refusal!;
        }

        var (draft, wrong) = DatasourceDraft.Make(wish, read.Value, by.Subject, time.GetUtcNow());
        return draft is null ? Wrong(wrong!) : await StoreAsync(by, draft, read, trial, cancellationToken).ConfigureAwait(false);
    }

    public async Task<DatasourceOutcome> DeleteAsync(Caller by, string id, string? etag, CancellationToken cancellationToken)
    {
        var (read, refusal) = await ReadForChangeAsync(by, id, etag, cancellationToken).ConfigureAwait(false);
        if (read is null)
        {
            return refusal!;
        }

        var others = await documents.QueryAsync(by.Tenant, new DocumentQuery { PageSize = DocumentQuery.MaxPageSize }, cancellationToken).ConfigureAwait(false);
        if (others.Documents.Any(d => d.Value.Through?.Datasource == id))
        {
            return new(DatasourceOutcomeKind.Conflict, null, "Other datasources are asked through it; remove those first.");
        }

        if (!await documents.DeleteAsync(by.Tenant, id, read.ETag, cancellationToken).ConfigureAwait(false))
        {
            return Changed();
        }

        registry.Forget(by.Tenant);
        await health.RemoveAsync(by.Tenant, id, cancellationToken).ConfigureAwait(false);
        return new(DatasourceOutcomeKind.Done) { Entry = DatasourceEntry.Of(read.Value, null) };
    }

    private async Task<(Document<Datasource>? Read, DatasourceOutcome? Refusal)> ReadForChangeAsync(Caller by, string id, string? etag, CancellationToken cancellationToken)
    {
        if (ConfiguredIds.Is(id) && configured.List<IDescribedSource>(by.Tenant).FirstOrDefault(s => ConfiguredIds.Of(s.Description.Type, s.Name) == id) is { } made
            && by.MayQuery(Needed, made.Name))
        {
            return (null, new(DatasourceOutcomeKind.Configured, null, $"{made.Name} is made by the setting {made.Description.Setting}; change it there."));
        }

        var read = await documents.ReadAsync(by.Tenant, id, cancellationToken).ConfigureAwait(false);
        return read is null || !by.MayQuery(Needed, read.Value.Name) ? (null, new(DatasourceOutcomeKind.NotFound))
            : etag is not null && etag != read.ETag ? (null, Changed())
            : (read, null);
    }

    private async Task<DatasourceOutcome> StoreAsync(
        Caller by, DatasourceDraft draft, Document<Datasource>? before, DatasourceTrial trial, CancellationToken cancellationToken)
    {
        if (draft.New.Count > 0 && !opener.CanProtect)
        {
            return new(DatasourceOutcomeKind.NoKey, "auth", "Credentials cannot be stored: the operator has not set NIGHTWATCH_SECRETS_KEY.");
        }

        var envelopes = opener.Protect(by.Tenant, draft.Settings, draft.New);
        var settings = draft.Settings with { Credentials = envelopes.Concat(draft.Kept).ToDictionary(StringComparer.Ordinal) };
        var (grafana, refusal) = await GrafanaAsync(by, settings, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        var seen = trial.Test ? await TryAsync(by.Tenant, settings, grafana, cancellationToken).ConfigureAwait(false) : null;
        if (seen is { State: DatasourceState.Unhealthy } && !trial.Force)
        {
            return new(DatasourceOutcomeKind.TestFailed, settings.Through is null ? "url" : "through", seen.Message)
            {
                Entry = DatasourceEntry.Of(settings, seen),
            };
        }

        var write = before is null ? DocumentWrite<Datasource>.Create(settings.Id, settings) : DocumentWrite<Datasource>.Replace(before, settings);
        var written = await documents.WriteAsync(by.Tenant, write, cancellationToken).ConfigureAwait(false);
        if (!written.Written)
        {
            return before is null ? NameTaken() : Changed();
        }

        registry.Forget(by.Tenant);
        // What was seen of other settings is no longer known.
        var kept = await health.KeepAsync(by.Tenant, settings.Id, seen ?? DatasourceHealth.Unknown, cancellationToken).ConfigureAwait(false);
        return new(DatasourceOutcomeKind.Done)
        {
            Entry = DatasourceEntry.Of(settings, kept),
            ETag = written.ETag,
            Changes = DatasourceChanges.Between(before?.Value, settings, draft.New.Keys),
        };
    }

    /// <summary>The Grafana that it goes through must be one that the one who asks may use.</summary>
    private async Task<(Datasource? Grafana, DatasourceOutcome? Refusal)> GrafanaAsync(Caller by, Datasource settings, CancellationToken cancellationToken)
    {
        if (settings.Through is not { } through)
        {
            return (null, null);
        }

        if (ConfiguredIds.Is(through.Datasource))
        {
            var made = configured.List<IDescribedSource>(by.Tenant)
                .FirstOrDefault(s => s.Description.Type == DatasourceTypes.Grafana && ConfiguredIds.Of(DatasourceTypes.Grafana, s.Name) == through.Datasource);
            return made is not null && by.MayQuery(Needed, made.Name) ? (null, null) : (null, NoGrafana());
        }

        var read = await documents.ReadAsync(by.Tenant, through.Datasource, cancellationToken).ConfigureAwait(false);
        return read?.Value is { Type: DatasourceTypes.Grafana } found && by.MayQuery(Needed, found.Name) ? (found, null) : (null, NoGrafana());
    }

    private async Task<DatasourceHealth> TryAsync(string tenant, Datasource settings, Datasource? grafana, CancellationToken cancellationToken)
    {
        using var live = factory.Create(opener.Open(tenant, settings, _ => grafana), observer: null);
        return await check.RunAsync(live.Described!, cancellationToken).ConfigureAwait(false);
    }

    private static DatasourceOutcome Wrong(WrongField wrong) => new(DatasourceOutcomeKind.Wrong, wrong.Field, wrong.Problem);

    private static DatasourceOutcome NoGrafana() => new(DatasourceOutcomeKind.Wrong, "through.datasource", "There is no datasource of type grafana with that id.");

    private static DatasourceOutcome NameTaken() => new(DatasourceOutcomeKind.Conflict, "name", "There is a datasource of that name.");

    private static DatasourceOutcome Changed() => new(DatasourceOutcomeKind.Changed, null, "It was changed meanwhile; read it again.");
}
