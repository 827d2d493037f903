using System.Globalization;

namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>A system of dashboards with what it answered before.</summary>
internal sealed class CachedDashboardSource(IDashboardSource inner, CacheAccess access) : IDashboardSource, ICachedSource<IDashboardSource>
{
    public string Name => inner.Name;

    public string Tenant => inner.Tenant;

    public IDashboardSource ForJudgement { get; } = access.Use == CacheUse.Judgement ? inner : new CachedDashboardSource(inner, access.ForJudgement());

    public Task<IReadOnlyList<DashboardSummary>> SearchAsync(string? text, string? tag, int limit, CancellationToken cancellationToken)
    {
        // The length of the first tells where the second begins, whatever they hold; nothing at all is not an empty text.
        var key = string.Create(CultureInfo.InvariantCulture, $"{text?.Length ?? -1}:{text}{(tag is null ? "" : ":")}{tag}");
        return access.ListAsync(
            new CacheKey("dashboards", key, Step: limit), CacheKind.Metadata, SizeEstimates.Of, token => inner.SearchAsync(text, tag, limit, token), cancellationToken);
    }

    public async Task<Dashboard?> GetAsync(string uid, CancellationToken cancellationToken)
    {
        var (dashboard, mark) = await access.GetAsync(
            new CacheKey("dashboard", uid), CacheKind.Metadata, SizeEstimates.Of, token => inner.GetAsync(uid, token), cancellationToken).ConfigureAwait(false);
        return mark is null || dashboard is null ? dashboard : dashboard with { Notes = [.. dashboard.Notes, mark] };
    }

    public Task<IReadOnlyList<UpstreamDatasource>> ListUpstreamAsync(CancellationToken cancellationToken) =>
        access.ListAsync(new CacheKey("upstream", ""), CacheKind.Metadata, SizeEstimates.Of, inner.ListUpstreamAsync, cancellationToken);
}
