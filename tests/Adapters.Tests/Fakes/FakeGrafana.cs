using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Adapters.Tests.Fakes;

/// <summary>
/// As much of Grafana's HTTP API as we use, written from grafana.com/docs: search, dashboard by uid, data sources, their proxy and health, and
/// POST /api/ds/query. Everything but /api/health asks for the token.
/// </summary>
internal sealed class FakeGrafana : IAsyncDisposable
{
    public const string Token = "glsa_of_the_test";

    private FakeServer? server;

    public Uri Url => server!.Url;

    public IEnumerable<SeenRequest> Requests => server!.Requests;

    /// <summary>Answer of POST /api/ds/query, and its status.</summary>
    public (string Json, int Status) Query { get; set; } = ("""{"results":{"A":{"status":200,"frames":[]}}}""", 200);

    public string DashboardTitle { get; set; } = "Production Overview";

    /// <summary>Body of the last query.</summary>
    public JsonElement Asked => JsonDocument.Parse(Requests.Last(r => r.PathAndQuery == "/api/ds/query").Body).RootElement;

    public static async Task<FakeGrafana> StartAsync(CancellationToken cancellationToken)
    {
        var grafana = new FakeGrafana();
        grafana.server = await FakeServer.StartAsync(grafana.AnswerAsync, cancellationToken);
        return grafana;
    }

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/api/health")
        {
            return FakeServer.Json("""{"commit":"abc","database":"ok","version":"11.2.0"}""")(context);
        }

        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            return FakeServer.Json("""{"message":"Unauthorized"}""", 401)(context);
        }

        return (path switch
        {
            "/api/search" => FakeServer.Json(
                """[{"id":1,"uid":"cIBgcSjkk","title":"Production Overview","url":"/d/cIBgcSjkk/production-overview","type":"dash-db","tags":["prod"],"folderUid":"f1","folderTitle":"Shop","isStarred":true}]"""),
            "/api/dashboards/uid/cIBgcSjkk" => FakeServer.Json(Dashboard.Replace("Production Overview", DashboardTitle, StringComparison.Ordinal)),
            "/api/datasources" => FakeServer.Json(
                """[{"id":1,"uid":"P1","orgId":1,"name":"Prom","type":"prometheus","access":"proxy","url":"http://in","basicAuth":false,"isDefault":true,"jsonData":{}},{"id":2,"uid":"I1","name":"flux","type":"influxdb","isDefault":false}]"""),
            "/api/datasources/proxy/uid/P1/api/v1/query" => FakeServer.Json("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1795003200,"7"]}]}}"""),
            "/api/datasources/proxy/uid/P1/api/v1/status/buildinfo" => FakeServer.Json("""{"status":"success","data":{"version":"3.1.0"}}"""),
            "/api/datasources/proxy/uid/L1/loki/api/v1/query_range" => FakeServer.Json(
                """{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"a"},"values":[["1795003200000000000","hello"]]}]}}"""),
            "/api/datasources/uid/I1/health" => FakeServer.Json("""{"message":"datasource is working. 3 buckets found","status":"OK"}"""),
            "/api/datasources/uid/E1/health" => FakeServer.Json("""{"message":"index not found","status":"ERROR"}""", 400),
            "/api/ds/query" => FakeServer.Json(Query.Json, Query.Status),
            _ => FakeServer.Json("""{"message":"Dashboard not found","traceID":""}""", 404),
        })(context);
    }

    private const string Dashboard = """
        {"dashboard":{"id":1,"uid":"cIBgcSjkk","title":"Production Overview","tags":["prod"],"version":7,"schemaVersion":39,
          "panels":[
            {"id":2,"type":"timeseries","title":"Errors","datasource":{"type":"prometheus","uid":"P1"},"targets":[{"refId":"A","expr":"rate(errors_total[5m])"},{"refId":"B","hide":true}]},
            {"id":3,"type":"row","title":"Disks","collapsed":true,"panels":[{"id":4,"type":"stat","title":"Free","datasource":"old name","targets":[{"rawSql":"select 1"}]}]},
            {"id":5,"type":"text","title":null}]},
         "meta":{"isStarred":false,"url":"/d/cIBgcSjkk/production-overview","folderId":2,"folderUid":"f1","folderTitle":"Shop","slug":"production-overview"}}
        """;
}
