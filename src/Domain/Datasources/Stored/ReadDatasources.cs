using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>A datasource, and the etag of a stored one.</summary>
public sealed record DatasourceRead(DatasourceEntry Entry, string? ETag);

/// <summary>Lists datasources and tests them, for those who may see them.</summary>
public sealed class ReadDatasources(
    ConfiguredSources configured, DatasourceRegistry registry, IDocuments<Datasource> documents, DatasourceHealthLog health, CheckDatasource check)
{
    private const Permission Needed = Permission.ReadDashboards;

    /// <summary>Configured ones first, then the stored ones by name; what the caller may not see is left out and not counted.</summary>
    public async Task<IReadOnlyList<DatasourceEntry>> ListAsync(Caller caller, string? type, CancellationToken cancellationToken)
    {
        var own = configured.List<IDescribedSource>(caller.Tenant)
            .Where(s => (type is null || s.Description.Type == type) && DatasourceEntry.IsVisible(caller, Needed, s.Name, NoLabels))
            .ToList();
        var stored = (await registry.ReadAsync(caller.Tenant, cancellationToken).ConfigureAwait(false))
            .Select(s => s.Document.Value)
            .Where(d => (type is null || d.Type == type) && DatasourceEntry.IsVisible(caller, Needed, d.Name, d.Labels))
            .ToList();
        string[] ids = [.. own.Select(IdOf), .. stored.Select(d => d.Id)];
        var states = await health.ReadManyAsync(caller.Tenant, ids, cancellationToken).ConfigureAwait(false);
        return [.. own.Select(s => DatasourceEntry.Of(s, states.GetValueOrDefault(IdOf(s)))), .. stored.Select(d => DatasourceEntry.Of(d, states.GetValueOrDefault(d.Id)))];
    }

    /// <param name="test">Asks the source now.</param>
    /// <returns>Null when there is none that the caller may see.</returns>
    public async Task<DatasourceRead?> GetAsync(Caller caller, string id, bool test, CancellationToken cancellationToken)
    {
        if (ConfiguredIds.Is(id))
        {
            var source = configured.List<IDescribedSource>(caller.Tenant).FirstOrDefault(s => IdOf(s) == id);
            return source is null || !DatasourceEntry.IsVisible(caller, Needed, source.Name, NoLabels)
                ? null
                : new(DatasourceEntry.Of(source, await HealthAsync(caller.Tenant, id, test ? source : null, cancellationToken).ConfigureAwait(false)), null);
        }

        var document = await documents.ReadAsync(caller.Tenant, id, cancellationToken).ConfigureAwait(false);
        if (document is null || !DatasourceEntry.IsVisible(caller, Needed, document.Value.Name, document.Value.Labels))
        {
            return null;
        }

        var live = test ? (await registry.ReadAsync(caller.Tenant, cancellationToken).ConfigureAwait(false)).FirstOrDefault(s => s.Document.Id == id)?.Live : null;
        var state = await HealthAsync(caller.Tenant, id, live?.Described, cancellationToken).ConfigureAwait(false);
        return new(DatasourceEntry.Of(document.Value, state), document.ETag);
    }

    private static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    private static string IdOf(IDescribedSource source) => ConfiguredIds.Of(source.Description.Type, source.Name);

    private Task<DatasourceHealth> HealthAsync(string tenant, string id, IDescribedSource? toTest, CancellationToken cancellationToken) => toTest is null
        ? health.ReadAsync(tenant, id, cancellationToken)
        : check.RunAndKeepAsync(tenant, id, toTest, cancellationToken);
}
