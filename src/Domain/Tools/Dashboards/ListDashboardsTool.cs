using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Caching;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Tools.Dashboards;

public sealed record ListDashboardsArguments
{
    [Description("Part of a title; all when left out.")]
    [Length(1, 128)]
    public string? Search { get; init; }

    [Description("Only dashboards with this tag.")]
    [Length(1, 64)]
    public string? Tag { get; init; }

    [Description("Most dashboards to give; 50 when left out.")]
    [Range(1, 500)]
    public int? Limit { get; init; }

    [Description("Name of the dashboard system; the default one when left out.")]
    [Length(1, 64)]
    public string? Source { get; init; }
}

/// <summary>list_dashboards: which dashboards there are.</summary>
internal sealed class ListDashboardsTool(IDatasources sources) : Tool<ListDashboardsArguments>(
    "list_dashboards",
    "Finds dashboards by title and tag. Data: {dashboards: [{uid, title, folder, tags, link}], total}. get_dashboard tells what one of them asks.",
    Permission.ReadDashboards,
    ToolEffects.Reads)
{
    public override bool Available => sources.MayHave<IDashboardSource>();

    public override async ValueTask<bool> IsAvailableForAsync(string tenant, CancellationToken cancellationToken) =>
        (await sources.ListAsync<IDashboardSource>(tenant, cancellationToken).ConfigureAwait(false)).Count > 0;

    protected override async Task<ToolResult> RunAsync(Caller caller, ListDashboardsArguments arguments, CancellationToken cancellationToken)
    {
        var limit = arguments.Limit ?? 50;
        var invocation = $"GET /api/search?type=dash-db&query={arguments.Search}&tag={arguments.Tag}&limit={limit}";
        var (source, failure) = await sources.ForQueryAsync<IDashboardSource>(
            caller, Permission.ReadDashboards, arguments.Source, "dashboards", "GRAFANA_URL", cancellationToken).ConfigureAwait(false);
        if (source is null)
        {
            return failure! with { Invocation = invocation };
        }

        return await AskAsync(invocation, null, async () =>
        {
            var found = await source.SearchAsync(arguments.Search, arguments.Tag, limit, cancellationToken).ConfigureAwait(false);
            var mark = CacheMark.Of(found);
            return found.Count == 0
                ? Outcome.NoData(Outcome.Notes("No dashboard matches.", mark)!)
                : Outcome.Success(
                    new DashboardsData([.. found.Select(Entry.Of)], found.Count),
                    Outcome.Notes(mark, found.Count >= limit ? $"these are {limit} dashboards; there may be more" : null));
        }).ConfigureAwait(false) with
        { Source = source.Name };
    }

    private sealed record DashboardsData(IReadOnlyList<Entry> Dashboards, int Total);

    private sealed record Entry(string Uid, string Title, string Folder, IReadOnlyList<string> Tags, string Link)
    {
        public static Entry Of(DashboardSummary found) => new(found.Uid, found.Title, found.Folder, found.Tags, found.Link.AbsoluteUri);
    }
}
