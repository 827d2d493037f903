using System.Globalization;
using System.Text.Json;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;

namespace Nightwatch.Adapters.Grafana;

/// <summary>Grafana's dashboards and the sources that it knows (grafana.com/docs, HTTP API: folder/dashboard search, dashboard, data source).</summary>
internal sealed class GrafanaDashboardSource(IHttpClientFactory clients, SourceOptions options, TimeProvider time) : IDashboardSource, IDescribedSource
{
    private const int MaxPanels = 500;

    private readonly SourceClient source = new(clients, GrafanaChangeSource.ClientName, options, GrafanaErrors.Explain, time);

    public string Name => options.Name;

    public string Tenant => options.Tenant;

    public SourceDescription Description => options.Describe(DatasourceTypes.Grafana);

    /// <summary>The search needs the credentials; the health, which tells the version, is open to everybody.</summary>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        await source.GetListAsync<HitAnswer>("api/search?limit=1&type=dash-db", cancellationToken).ConfigureAwait(false);
        try
        {
            var health = await source.GetAsync<HealthAnswer>("api/health", cancellationToken).ConfigureAwait(false);
            return health.Version is { Length: > 0 } version ? FailureText.Shorten(version) : null;
        }
        catch (SourceException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<DashboardSummary>> SearchAsync(string? text, string? tag, int limit, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> parameters = [new("type", "dash-db"), new("limit", limit.ToString(CultureInfo.InvariantCulture))];
        if (text is not null)
        {
            parameters.Add(new("query", text));
        }

        if (tag is not null)
        {
            parameters.Add(new("tag", tag));
        }

        var hits = await source.GetListAsync<HitAnswer>($"api/search?{QueryText.Of(parameters)}", cancellationToken).ConfigureAwait(false);
        return
        [
            .. hits.Where(h => h.Uid.Length > 0).Take(limit).Select(h => new DashboardSummary
            {
                Uid = h.Uid,
                Title = FailureText.Shorten(h.Title),
                Folder = FailureText.Shorten(h.FolderTitle),
                Tags = [.. (h.Tags ?? []).Where(t => t is not null).Take(50)],
                Link = LinkOf(h.Uid),
            }),
        ];
    }

    public async Task<Dashboard?> GetAsync(string uid, CancellationToken cancellationToken)
    {
        DashboardAnswer answer;
        try
        {
            answer = await source.GetAsync<DashboardAnswer>($"api/dashboards/uid/{Uri.EscapeDataString(uid)}", cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException gone) when (gone is { Failure: SourceFailure.BadRequest, Message: var message } && message.EndsWith("(404)", StringComparison.Ordinal))
        {
            return null;
        }

        var dashboard = answer.Dashboard;
        var summary = new DashboardSummary
        {
            Uid = dashboard.Uid,
            Title = FailureText.Shorten(dashboard.Title),
            Folder = FailureText.Shorten(answer.Meta?.FolderTitle),
            Tags = [.. (dashboard.Tags ?? []).Where(t => t is not null).Take(50)],
            Link = LinkOf(dashboard.Uid),
        };
        var panels = (dashboard.Panels ?? []).SelectMany(p => p is null ? [] : p.Type == "row" ? p.Panels ?? [] : [p]).Where(p => p is not null);
        return new Dashboard(summary, dashboard.Version, [.. panels.Take(MaxPanels).Select(ToPanel)]);
    }

    public async Task<IReadOnlyList<UpstreamDatasource>> ListUpstreamAsync(CancellationToken cancellationToken)
    {
        var found = await source.GetListAsync<UpstreamAnswer>("api/datasources", cancellationToken).ConfigureAwait(false);
        return [.. found.Select(u => new UpstreamDatasource(u.Uid, FailureText.Shorten(u.Name), u.Type, u.IsDefault))];
    }

    private Uri LinkOf(string uid) => new(options.ExternalUrl, $"d/{Uri.EscapeDataString(uid)}");

    private static DashboardPanel ToPanel(PanelAnswer panel) => new(
        panel.Id,
        FailureText.Shorten(panel.Title),
        panel.Type,
        UidOf(panel.Datasource),
        [.. (panel.Targets ?? []).Select(QueryOf).OfType<string>()]);

    /// <summary>An object with a uid; of dashboards from before Grafana 8 the source's name, which is no uid.</summary>
    private static string? UidOf(JsonElement? datasource) =>
        datasource is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty("uid", out var uid) && uid.ValueKind == JsonValueKind.String ? uid.GetString() : null;

    /// <summary>Each type of source has its own name for the query's text.</summary>
    private static string? QueryOf(JsonElement target)
    {
        if (target.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in new[] { "expr", "query", "rawSql", "target" })
        {
            if (target.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } query)
            {
                return query;
            }
        }

        return null;
    }
}

internal sealed record HealthAnswer(string? Version = null);

internal sealed record HitAnswer
{
    public string Uid { get; init; } = "";

    public string Title { get; init; } = "";

    public string? FolderTitle { get; init; }

    public List<string>? Tags { get; init; }
}

internal sealed record DashboardAnswer
{
    public required DashboardBody Dashboard { get; init; }

    public DashboardMeta? Meta { get; init; }
}

internal sealed record DashboardMeta(string? FolderTitle = null);

internal sealed record DashboardBody
{
    public string Uid { get; init; } = "";

    public string Title { get; init; } = "";

    public int Version { get; init; }

    public List<string>? Tags { get; init; }

    public List<PanelAnswer>? Panels { get; init; }
}

internal sealed record PanelAnswer
{
    public long Id { get; init; }

    public string Type { get; init; } = "";

    public string? Title { get; init; }

    public JsonElement? Datasource { get; init; }

    public List<JsonElement>? Targets { get; init; }

    public List<PanelAnswer>? Panels { get; init; }
}

internal sealed record UpstreamAnswer
{
    public required string Uid { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public bool IsDefault { get; init; }
}
