using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nightwatch.Support.Cosmos;

/// <summary>
/// A Cosmos DB account on a loopback port, as far as our adapter uses one, written from the REST reference (learn.microsoft.com/rest/api/cosmos-db): account,
/// databases, containers, partition key ranges, documents with partition key, etag and TTL, queries with continuation, signatures of the master key,
/// and everything that goes wrong, when a test asks for it. Numbers in documents are doubles, as there.
/// </summary>
public sealed class CosmosGateway : IAsyncDisposable
{
    /// <summary>A key of this fake alone.</summary>
    public const string Key = "bmlnaHR3YXRjaC1mYWtlLWNvc21vcy1hY2NvdW50LWtleS0wMTIzNDU2Nzg5YWJjZGVm";

    private readonly WebApplication application;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, CosmosGatewayContainer> containers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> databases = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<CosmosFault> faults = new();
    private ConcurrentDictionary<string, (int Calls, double Units)> charges = new(StringComparer.Ordinal);

    private CosmosGateway(WebApplication application, TimeProvider time) => (this.application, this.time) = (application, time);

    /// <summary>Ends with a slash.</summary>
    public Uri Url => new(application.Urls.First() + "/");

    /// <summary>What the account says of itself.</summary>
    public string Consistency { get; set; } = "Strong";

    /// <summary>Whether TTL has removed what is over; in the real service that takes its time.</summary>
    public bool Removes { get; set; } = true;

    /// <summary>Documents of one answer of a query at most, whatever is asked for.</summary>
    public int MaxPage { get; set; } = 1000;

    /// <summary>
    /// Whether the service calls ordered queries of several pages distributed, as it may: the SDK then asks for a query plan and sends what that says.
    /// </summary>
    public bool Distributes { get; set; }

    /// <summary>Asked before each request for documents; the answer, if any, goes before the queue of faults.</summary>
    public Func<CosmosCall, CosmosFault?>? OnCall { get; set; }

    /// <summary>Requests for documents, in the order of their arrival.</summary>
    public ConcurrentQueue<CosmosCall> Calls { get; } = new();

    public IReadOnlyDictionary<string, CosmosGatewayContainer> Containers => containers;

    /// <summary>Calls and request units since the last time it was asked, by partition (a kind of document) and operation.</summary>
    public IReadOnlyDictionary<string, (int Calls, double Units)> TakeCharges() =>
        Interlocked.Exchange(ref charges, new ConcurrentDictionary<string, (int Calls, double Units)>(StringComparer.Ordinal));

    /// <param name="port">0 for a free one.</param>
    public static async Task<CosmosGateway> StartAsync(TimeProvider time, CancellationToken cancellationToken, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var gateway = new CosmosGateway(application, time);
        application.Run(gateway.AnswerAsync);
        await application.StartAsync(cancellationToken);
        return gateway;
    }

    /// <summary>Makes a database and a container as somebody else might have made it.</summary>
    /// <param name="properties">JSON as the REST reference has it.</param>
    public void Make(string database, string properties)
    {
        databases[database] = 0;
        var made = new CosmosGatewayContainer(database, JsonNode.Parse(properties)!.AsObject(), containers.Count + 1, time);
        containers[$"{database}/{made.Name}"] = made;
    }

    /// <summary>The next requests for documents go wrong like this.</summary>
    public void Fail(CosmosFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            faults.Enqueue(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var segments = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (!CosmosSignature.IsGood(request, segments, Key))
        {
            await WriteAsync(context, CosmosReply.Error(401, "The input authorization token can't serve the request."));
            return;
        }

        if (segments is not ["dbs", var database, "colls", var collection, "docs", ..])
        {
            await WriteAsync(context, AnswerMetadata(request, segments, body));
            return;
        }

        var call = CosmosCall.Of(request, segments, body);
        Calls.Enqueue(call);
        if (OnCall?.Invoke(call) is not { } fault && !faults.TryDequeue(out fault))
        {
            await WriteAsync(context, Serve(database, collection, call));
            return;
        }

        if (fault.Delay is { } delay)
        {
            await Task.Delay(delay, context.RequestAborted);
        }

        var reply = fault.Commits ? Serve(database, collection, call) : null;
        if (fault.Status is { } status)
        {
            await WriteAsync(context, CosmosReply.Error(status, "As told.", fault.SubStatus, fault.RetryAfter));
        }
        else if (fault.Page)
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<html><body>Please sign in.</body></html>", context.RequestAborted);
        }
        else if (fault.Halves)
        {
            await HalveAsync(context, reply ?? Serve(database, collection, call));
        }
        else if (fault.Breaks)
        {
            context.Abort();
        }
        else
        {
            await WriteAsync(context, reply ?? Serve(database, collection, call));
        }
    }

    private CosmosReply Serve(string database, string collection, CosmosCall call)
    {
        var reply = Find(database, collection) is { } container
            ? container.Answer(call, Removes, MaxPage, Distributes)
            : CosmosReply.Error(404, "Owner resource does not exist", 1003);
        charges.AddOrUpdate($"{call.Partition?.Split(':')[0]} {call.Kind}", (1, reply.Charge), (_, sum) => (sum.Calls + 1, sum.Units + reply.Charge));
        return reply;
    }

    private CosmosReply AnswerMetadata(HttpRequest request, string[] segments, string body)
    {
        switch (request.Method, segments)
        {
            case ("GET", []): return CosmosReply.Ok(Account());
            case ("POST", ["dbs"]):
                var name = IdOf(body);
                return databases.TryAdd(name, 0) ? CosmosReply.Ok(Database(name), 201) : CosmosReply.Error(409, "Database exists");
            case ("GET", ["dbs", var database]):
                return databases.ContainsKey(database) ? CosmosReply.Ok(Database(database)) : CosmosReply.Error(404, "No such database");
            case ("POST", ["dbs", var database, "colls"]):
                var made = new CosmosGatewayContainer(database, JsonNode.Parse(body)!.AsObject(), containers.Count + 1, time);
                return !databases.ContainsKey(database) ? CosmosReply.Error(404, "No such database")
                    : containers.TryAdd($"{database}/{made.Name}", made) ? CosmosReply.Ok(made.Describe(), 201) : CosmosReply.Error(409, "Container exists");
            case ("GET", ["dbs", var database, "colls", var collection]):
                return Find(database, collection) is { } found ? CosmosReply.Ok(found.Describe()) : CosmosReply.Error(404, "No such container", 1003);
            case ("GET", ["dbs", var database, "colls", var collection, "pkranges"]):
                return Find(database, collection) is { } one ? Ranges(request, one) : CosmosReply.Error(404, "No such container", 1003);
            default:
                return CosmosReply.Error(400, $"{request.Method} {request.Path} is not part of this fake");
        }
    }

    private static CosmosReply Ranges(HttpRequest request, CosmosGatewayContainer container) =>
        // A feed of changes: whoever has seen its only version gets nothing new.
        request.Headers.IfNoneMatch == "\"1\""
            ? new CosmosReply(304, null) { ETag = "\"1\"" }
            : CosmosReply.Ok(container.DescribeRanges()) with { ETag = "\"1\"" };

    private CosmosGatewayContainer? Find(string database, string collection) =>
        containers.GetValueOrDefault($"{database}/{collection}") ?? containers.Values.FirstOrDefault(c => c.ResourceId == collection);

    private static string IdOf(string body) => JsonNode.Parse(body)!["id"]!.GetValue<string>();

    private static JsonObject Database(string name) =>
        new() { ["id"] = name, ["_rid"] = "AQAAAA==", ["_self"] = "dbs/AQAAAA==/", ["_etag"] = "\"1\"", ["_colls"] = "colls/", ["_users"] = "users/", ["_ts"] = 1 };

    private JsonObject Account()
    {
        JsonArray Here() => [new JsonObject { ["name"] = "Here", ["databaseAccountEndpoint"] = Url.AbsoluteUri }];
        return new JsonObject
        {
            ["id"] = "fake",
            ["_rid"] = "fake",
            ["_self"] = "",
            ["_dbs"] = "//dbs/",
            ["media"] = "//media/",
            ["addresses"] = "//addresses/",
            ["writableLocations"] = Here(),
            ["readableLocations"] = Here(),
            ["enableMultipleWriteLocations"] = false,
            ["userReplicationPolicy"] = new JsonObject { ["asyncReplication"] = false, ["minReplicaSetSize"] = 3, ["maxReplicasetSize"] = 4 },
            ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = Consistency },
            ["systemReplicationPolicy"] = new JsonObject { ["minReplicaSetSize"] = 3, ["maxReplicasetSize"] = 4 },
            ["readPolicy"] = new JsonObject { ["primaryReadCoefficient"] = 1, ["secondaryReadCoefficient"] = 1 },
            ["queryEngineConfiguration"] = """{"maxSqlQueryInputLength":262144,"maxJoinsPerSqlQuery":5,"maxLogicalAndPerSqlQuery":500,"maxLogicalOrPerSqlQuery":500,"maxUdfRefPerSqlQuery":10,"maxInExpressionItemsCount":16000,"queryMaxInMemorySortDocumentCount":500,"maxQueryRequestTimeoutFraction":0.9,"sqlAllowNonFiniteNumbers":false,"sqlAllowAggregateFunctions":true,"sqlAllowSubQuery":true,"sqlAllowScalarSubQuery":true,"allowNewKeywords":true,"sqlAllowLike":true,"sqlAllowGroupByClause":true,"maxSpatialQueryCells":12,"spatialMaxGeometryPointCount":256,"sqlDisableQueryILOptimization":false,"sqlDisableFilterPlanOptimization":false,"sqlAllowTop":true,"enableSpatialIndexing":true,"clientDisableOptimisticDirectExecution":false}""",
        };
    }

    private static async Task HalveAsync(HttpContext context, CosmosReply reply)
    {
        var body = Encoding.UTF8.GetBytes(reply.Body ?? "{}");
        context.Response.ContentLength = body.Length;
        await WriteAsync(context, reply with { Body = null });
        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static async Task WriteAsync(HttpContext context, CosmosReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.Headers["x-ms-activity-id"] = context.Request.Headers["x-ms-activity-id"].ToString() is { Length: > 0 } id ? id : Guid.NewGuid().ToString();
        response.Headers["x-ms-request-charge"] = reply.Charge.ToString("0.##", CultureInfo.InvariantCulture);
        response.Headers["x-ms-session-token"] = "0:1#1";
        foreach (var (name, value) in reply.Headers())
        {
            response.Headers[name] = value;
        }

        if (reply.Body is { } body)
        {
            response.ContentType = "application/json";
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted);
        }
    }
}
