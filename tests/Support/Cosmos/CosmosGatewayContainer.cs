using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nightwatch.Support.Cosmos;

/// <summary>One container of <see cref="CosmosGateway"/>: its documents by partition key and id, its policy, and what it charges.</summary>
public sealed class CosmosGatewayContainer
{
    private const int MaxDocument = 2 * 1024 * 1024;
    private const int MaxId = 1023;
    private const int MaxPartition = 2048;
    private const int MaxAnswer = 4 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Partition, string Id), Item> items = new();
    private readonly JsonObject properties;
    private readonly string database;
    private readonly string partitionProperty;
    private readonly TimeProvider time;
    private long version;

    internal CosmosGatewayContainer(string database, JsonObject properties, int number, TimeProvider time)
    {
        (this.database, this.properties, this.time) = (database, properties, time);
        partitionProperty = properties["partitionKey"]!["paths"]![0]!.GetValue<string>().TrimStart('/');
        // Database 1 and this container's number with the bit that marks containers.
        ResourceId = Convert.ToBase64String([1, 0, 0, 0, 0x80, 0, 0, (byte)number]).Replace('/', '-');
    }

    public string Name => properties["id"]!.GetValue<string>();

    public string ResourceId { get; }

    /// <summary>The indexing policy and TTL that it was made with.</summary>
    public string Properties => properties.ToJsonString();

    /// <summary>All documents as they are stored.</summary>
    public IReadOnlyList<JsonObject> Stored
    {
        get
        {
            lock (gate)
            {
                return [.. items.Values.Select(i => JsonNode.Parse(i.Json)!.AsObject())];
            }
        }
    }

    internal JsonObject Describe()
    {
        var described = properties.DeepClone().AsObject();
        (described["_rid"], described["_self"], described["_etag"], described["_ts"]) = (ResourceId, $"dbs/{database}/colls/{ResourceId}/", "\"1\"", 1);
        return described;
    }

    internal JsonObject DescribeRanges() => new()
    {
        ["_rid"] = ResourceId,
        ["PartitionKeyRanges"] = new JsonArray(new JsonObject
        {
            ["id"] = "0",
            ["_rid"] = ResourceId + "0",
            ["minInclusive"] = "",
            ["maxExclusive"] = "FF",
            ["ridPrefix"] = 0,
            ["throughputFraction"] = 1,
            ["status"] = "online",
            ["parents"] = new JsonArray(),
            ["_etag"] = "\"1\"",
            ["_ts"] = 1,
            ["_self"] = "",
        }),
        ["_count"] = 1,
    };

    internal CosmosReply Answer(CosmosCall call, bool removes, int maxPage, bool distributes)
    {
        lock (gate)
        {
            if (removes)
            {
                RemoveExpired();
            }

            return call.Kind switch
            {
                "query" => Query(call, maxPage, distributes),
                "plan" => CosmosQueryPlan.Answer(call),
                _ when Encoding.UTF8.GetByteCount(call.Partition ?? "") > MaxPartition => CosmosReply.Error(400, "Partition key is too large"),
                _ when call.Partition is null => CosmosReply.Error(400, "PartitionKey extracted from document doesn't match the one specified in the header", 1001),
                "read" => Find(call) is { } item ? Reply(200, item.Json, item, Reading(item.Bytes)) : Absent(),
                "delete" => Delete(call),
                _ => Write(call),
            };
        }
    }

    /// <summary>1 RU for the first KB and 10 RU for 100 KB, as published; in between by the line through both.</summary>
    private static double Reading(int bytes) => Line(bytes, 1, 10);

    /// <summary>5 RU for the first KB and 50 RU for 100 KB.</summary>
    private static double Writing(int bytes) => Line(bytes, 5, 50);

    private static double Line(int bytes, double one, double hundred) => one + ((hundred - one) * Math.Max(0, (bytes / 1024.0) - 1) / 99);

    private static CosmosReply Absent() => CosmosReply.Error(404, "Resource Not Found") with { Charge = 1 };

    private static CosmosReply Reply(int status, string? body, Item item, double charge) => new(status, body) { ETag = item.ETag, Charge = charge };

    private Item? Find(CosmosCall call) => items.GetValueOrDefault((call.Partition!, call.Id!));

    private CosmosReply Delete(CosmosCall call)
    {
        if (Find(call) is not { } item)
        {
            return Absent();
        }

        if (call.Header("If-Match") is { } expected && expected != item.ETag)
        {
            return CosmosReply.Error(412, "One of the specified pre-condition is not met") with { Charge = 1 };
        }

        items.Remove((call.Partition!, call.Id!));
        return new CosmosReply(204, null) { Charge = Writing(item.Bytes) };
    }

    private CosmosReply Write(CosmosCall call)
    {
        var document = JsonNode.Parse(call.Body)!.AsObject();
        var id = document["id"]?.GetValue<string>() ?? "";
        if (id.Length == 0 || Encoding.UTF8.GetByteCount(id) > MaxId || id.AsSpan().ContainsAny("/\\?#") || document[partitionProperty]?.GetValue<string>() != call.Partition)
        {
            return CosmosReply.Error(400, "The id or the partition key of the document is not acceptable");
        }

        if (document["ttl"] is { } seconds && seconds.GetValue<double>() is not (-1 or (> 0 and <= int.MaxValue)))
        {
            return CosmosReply.Error(400, "The ttl must be a positive integer or -1");
        }

        if (call.Bytes > MaxDocument)
        {
            return CosmosReply.Error(413, "Request size is too large");
        }

        var known = items.GetValueOrDefault((call.Partition!, id));
        var refused = call.Kind switch
        {
            "create" when known is not null => CosmosReply.Error(409, "Resource with specified id already exists"),
            "replace" when known is null || id != call.Id => Absent(),
            _ when known is not null && call.Header("If-Match") is { } expected && expected != known.ETag => CosmosReply.Error(412, "One of the specified pre-condition is not met"),
            _ => null,
        };
        if (refused is not null)
        {
            return refused with { Charge = 1 };
        }

        var item = Store(document, call.Partition!, id, call.Bytes);
        var isQuiet = call.Header("Prefer") == "return=minimal";
        return Reply(known is null ? 201 : 200, isQuiet ? null : item.Json, item, Writing(item.Bytes) * (known is null ? 1 : 2));
    }

    private Item Store(JsonObject document, string partition, string id, int bytes)
    {
        var etag = $"\"{++version:x8}-0000-0000-0000-000000000000\"";
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        (document["_rid"], document["_self"], document["_etag"], document["_ts"]) = (DocumentId(version), "", etag, seconds);
        var timeToLive = properties["defaultTtl"] is null ? null : document["ttl"]?.GetValue<long>();
        return items[(partition, id)] = new Item(AsDoubles(document)!.ToJsonString(), etag, seconds, timeToLive, bytes);
    }

    /// <summary>Database, container and document, 4, 4 and 8 bytes.</summary>
    private string DocumentId(long number) =>
        Convert.ToBase64String([.. Convert.FromBase64String(ResourceId.Replace('-', '/')), .. BitConverter.GetBytes(number)]).Replace('/', '-');

    private void RemoveExpired()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var key in items.Where(i => i.Value.TimeToLive is { } seconds && now >= i.Value.Timestamp + seconds).Select(i => i.Key).ToList())
        {
            items.Remove(key);
        }
    }

    private CosmosReply Query(CosmosCall call, int maxPage, bool distributes)
    {
        if (call.Partition is null && !string.Equals(call.Header("x-ms-documentdb-query-enablecrosspartition"), "True", StringComparison.OrdinalIgnoreCase))
        {
            return CosmosReply.Error(400, "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true");
        }

        CosmosSql sql;
        try
        {
            var request = JsonNode.Parse(call.Body)!;
            var parameters = request["parameters"]?.AsArray().ToDictionary(p => p!["name"]!.GetValue<string>(), p => p!["value"]!.GetValue<string>()) ?? [];
            sql = CosmosSql.Parse(request["query"]!.GetValue<string>(), parameters);
        }
        catch (FormatException wrong)
        {
            return CosmosReply.Error(400, $"Syntax error, {wrong.Message}");
        }

        if (sql.OrderBy is { } path && !IsIndexed(path))
        {
            return CosmosReply.Error(400, "The order by query does not have a corresponding index that it can be served from.");
        }

        var found = sql.Run(items.Where(i => call.Partition is null || i.Key.Partition == call.Partition).Select(i => JsonSerializer.Deserialize<JsonElement>(i.Value.Json))).ToList();
        var most = Math.Min(maxPage, int.TryParse(call.Header("x-ms-max-item-count"), CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 100);
        var from = call.Header("x-ms-continuation") is { Length: > 0 } token ? int.Parse(token.Split('#')[1], CultureInfo.InvariantCulture) : 0;
        var page = Fitting(found.Skip(from).Take(most));
        var body = new JsonObject { ["_rid"] = ResourceId, ["Documents"] = new JsonArray([.. page]), ["_count"] = page.Count }.ToJsonString();
        var next = from + page.Count;
        return new CosmosReply(200, body)
        {
            Items = page.Count,
            RequiresDistribution = distributes && sql.OrderBy is not null,
            Continuation = next < found.Count ? $"+RID:~{ResourceId}#{next}" : null,
            Charge = 2.3 + (0.05 * page.Count) + (body.Length / 10240.0),
        };
    }

    /// <summary>An answer holds 4 MB at most, and one document at least.</summary>
    private static List<JsonNode> Fitting(IEnumerable<JsonNode> documents)
    {
        var page = new List<JsonNode>();
        var bytes = 0;
        foreach (var document in documents)
        {
            bytes += document.ToJsonString().Length;
            if (page.Count > 0 && bytes > MaxAnswer)
            {
                break;
            }

            page.Add(document);
        }

        return page;
    }

    /// <summary>Ids always are (in consistent mode); all else as the included paths say, with the root excluded.</summary>
    private bool IsIndexed(IReadOnlyList<string> path) =>
        path is ["id"] || properties["indexingPolicy"]?["includedPaths"]?.AsArray().Any(p => Covers(p!["path"]!.GetValue<string>(), path)) != false;

    private static bool Covers(string included, IReadOnlyList<string> path)
    {
        var parts = included.Trim('/').Split('/').Select(p => p.Trim('"')).ToList();
        return parts[^1] == "*" ? path.Count >= parts.Count && parts.SkipLast(1).SequenceEqual(path.Take(parts.Count - 1))
            : parts[^1] == "?" && parts.SkipLast(1).SequenceEqual(path);
    }

    /// <summary>What becomes of numbers: they are stored as IEEE 754 doubles.</summary>
    private static JsonNode? AsDoubles(JsonNode? node) => node switch
    {
        JsonObject many => new JsonObject(many.Select(p => KeyValuePair.Create(p.Key, AsDoubles(p.Value)))),
        JsonArray list => new JsonArray([.. list.Select(AsDoubles)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            JsonNode.Parse(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)),
        _ => node?.DeepClone(),
    };

    private sealed record Item(string Json, string ETag, long Timestamp, long? TimeToLive, int Bytes);
}
