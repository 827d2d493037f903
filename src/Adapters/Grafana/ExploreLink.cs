using System.Globalization;
using System.Text.Json;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Grafana;

/// <summary>Where people look at what a source that Grafana knows holds: Grafana's Explore page.</summary>
internal sealed record ExploreLink(Uri Grafana, string Type, string DatasourceUid)
{
    public Uri To(string query, TimeWindow window)
    {
        var panes = JsonSerializer.Serialize(new
        {
            logs = new
            {
                datasource = DatasourceUid,
                queries = new[] { new { refId = "A", expr = query, datasource = new { type = Type, uid = DatasourceUid } } },
                range = new { from = Milliseconds(window.Start), to = Milliseconds(window.End) },
            },
        });
        return new Uri(Grafana, "explore?" + QueryText.Of([new("schemaVersion", "1"), new("panes", panes)]));
    }

    private static string Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
