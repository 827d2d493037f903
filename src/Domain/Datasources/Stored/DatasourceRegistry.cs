using System.Collections.Concurrent;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>
/// The configured sources and, after them, the stored ones by name. A tenant's list is read from the store at most every <see cref="KeepFor"/> while it is
/// asked for, so that changes of other processes are seen after that time and our own at once. A source lives until its document changes.
/// </summary>
public sealed class DatasourceRegistry(
    ConfiguredSources configured,
    IDocuments<Datasource> documents,
    OpenDatasource opener,
    IDatasourceFactory factory,
    IObserveSources observers,
    TimeProvider time) : IDatasources, IDisposable
{
    public static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, TenantSources> tenants = new(StringComparer.Ordinal);

    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(string tenant, CancellationToken cancellationToken)
        where T : class, IDatasource
    {
        var own = configured.List<T>(tenant);
        var stored = await ReadAsync(tenant, cancellationToken).ConfigureAwait(false);
        return stored.Count == 0 ? own : [.. own, .. stored.SelectMany(s => s.Live.Sources).OfType<T>()];
    }

    public bool MayHave<T>()
        where T : class, IDatasource => true;

    /// <summary>The tenant's stored datasources with their etags, ordered by id.</summary>
    internal async ValueTask<IReadOnlyList<StoredSource>> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        var sources = tenants.GetOrAdd(tenant, static _ => new TenantSources());
        return sources.Fresh(time.GetUtcNow()) ?? await RefreshAsync(tenant, sources, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After a change of our own: the next question reads the list anew.</summary>
    internal void Forget(string tenant) => tenants.GetOrAdd(tenant, static _ => new TenantSources()).Forget();

    public void Dispose()
    {
        foreach (var tenant in tenants.Values)
        {
            tenant.Dispose();
        }
    }

    private async Task<IReadOnlyList<StoredSource>> RefreshAsync(string tenant, TenantSources sources, CancellationToken cancellationToken)
    {
        await sources.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (sources.Fresh(time.GetUtcNow()) is { } fresh)
            {
                return fresh;
            }

            var generation = sources.Generation;
            var page = await documents.QueryAsync(tenant, new DocumentQuery { PageSize = DocumentQuery.MaxPageSize }, cancellationToken).ConfigureAwait(false);
            return sources.Put(Build(tenant, page.Documents, sources.Last), generation, time.GetUtcNow() + KeepFor);
        }
        catch (StoreUnavailableException) when (sources.Last.Count > 0)
        {
            // What is known stands; the store is asked again by the next question.
            return sources.Last;
        }
        finally
        {
            sources.Gate.Release();
        }
    }

    private List<StoredSource> Build(string tenant, IReadOnlyList<Document<Datasource>> found, IReadOnlyList<StoredSource> last)
    {
        var before = last.ToDictionary(l => l.Document.Id, StringComparer.Ordinal);
        var byId = found.ToDictionary(d => d.Id, StringComparer.Ordinal);
        return [.. found.Select(document =>
        {
            var through = document.Value.Through is { } t && byId.TryGetValue(t.Datasource, out var grafana) ? grafana.ETag : null;
            return before.TryGetValue(document.Id, out var known) && known.Document.ETag == document.ETag && known.ThroughETag == through
                ? known
                : new StoredSource(document, through, Create(tenant, document.Value, id => byId.GetValueOrDefault(id)?.Value));
        })];
    }

    private LiveDatasource Create(string tenant, Datasource datasource, Func<string, Datasource?> find) =>
        factory.Create(opener.Open(tenant, datasource, find), observers.For(tenant, datasource.Id));

    /// <summary>What one tenant has, as last read. A read that began before a change of our own never counts as fresh after it.</summary>
    private sealed class TenantSources : IDisposable
    {
        private sealed record Snapshot(IReadOnlyList<StoredSource> Sources, int Generation, DateTimeOffset Until);

        private volatile Snapshot snapshot = new([], -1, DateTimeOffset.MinValue);
        private volatile int generation;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Generation => generation;

        public IReadOnlyList<StoredSource> Last => snapshot.Sources;

        public IReadOnlyList<StoredSource>? Fresh(DateTimeOffset now)
        {
            var current = snapshot;
            return current.Generation == generation && now < current.Until ? current.Sources : null;
        }

        public void Forget() => Interlocked.Increment(ref generation);

        public List<StoredSource> Put(List<StoredSource> sources, int readAt, DateTimeOffset until)
        {
            var before = snapshot.Sources;
            snapshot = new(sources, readAt, until);
            foreach (var gone in before.Except(sources, ReferenceEqualityComparer.Instance).Cast<StoredSource>())
            {
                gone.Live.Dispose();
            }

            return sources;
        }

        public void Dispose()
        {
            foreach (var source in Last)
            {
                source.Live.Dispose();
            }

            Gate.Dispose();
        }
    }
}

/// <summary>A stored datasource as it was read, and the sources that it is.</summary>
internal sealed record StoredSource(Document<Datasource> Document, string? ThroughETag, LiveDatasource Live);
