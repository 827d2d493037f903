using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Support.Cosmos;

/// <summary>A request for documents, as it came over the wire.</summary>
/// <param name="Kind">read, create, upsert, replace, delete, query or plan.</param>
/// <param name="Partition">The partition key; null when the request names none.</param>
public sealed record CosmosCall(string Kind, string? Partition, string? Id, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Bytes of the document that is written.</summary>
    public int Bytes => System.Text.Encoding.UTF8.GetByteCount(Body);

    internal static CosmosCall Of(HttpRequest request, string[] segments, string body)
    {
        var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        bool Is(string name) => string.Equals(headers.GetValueOrDefault(name), "True", StringComparison.OrdinalIgnoreCase);
        var kind = request.Method switch
        {
            "GET" => "read",
            "PUT" => "replace",
            "DELETE" => "delete",
            _ when Is("x-ms-cosmos-is-query-plan-request") => "plan",
            _ when Is("x-ms-documentdb-isquery") || Is("x-ms-documentdb-query") => "query",
            _ when Is("x-ms-documentdb-is-upsert") => "upsert",
            _ => "create",
        };
        var partition = headers.GetValueOrDefault("x-ms-documentdb-partitionkey") is { Length: > 0 } key ? JsonNode.Parse(key)![0]!.GetValue<string>() : null;
        return new CosmosCall(kind, partition, segments.Length > 5 ? segments[5] : null, body, headers);
    }
}

/// <summary>What goes wrong with one request.</summary>
public sealed record CosmosFault
{
    /// <summary>Answer this instead; null with <see cref="Breaks"/> or after a <see cref="Delay"/> alone.</summary>
    public int? Status { get; init; }

    public int SubStatus { get; init; }

    /// <summary>Of a 429, in the header x-ms-retry-after-ms.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The request is carried out before the answer goes wrong.</summary>
    public bool Commits { get; init; }

    /// <summary>The connection is closed without an answer.</summary>
    public bool Breaks { get; init; }

    /// <summary>The connection is closed in the middle of the answer's body.</summary>
    public bool Halves { get; init; }

    /// <summary>Somebody on the way answers 200 with a page of HTML; the request does not arrive.</summary>
    public bool Page { get; init; }

    public TimeSpan? Delay { get; init; }

    public static CosmosFault Throttled(int milliseconds) => new() { Status = 429, SubStatus = 3200, RetryAfter = TimeSpan.FromMilliseconds(milliseconds) };

    public static CosmosFault LostAnswer { get; } = new() { Commits = true, Breaks = true };
}

internal sealed record CosmosReply(int Status, string? Body)
{
    public string? ETag { get; init; }

    public string? Continuation { get; init; }

    public int? Items { get; init; }

    /// <summary>Of an answer to a query: whether its next page needs a plan.</summary>
    public bool? RequiresDistribution { get; init; }

    public int SubStatus { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Request units.</summary>
    public double Charge { get; init; }

    public static CosmosReply Ok(JsonNode body, int status = 200) => new(status, body.ToJsonString());

    public static CosmosReply Error(int status, string message, int subStatus = 0, TimeSpan? retryAfter = null) =>
        new(status, new JsonObject { ["code"] = $"{status}", ["message"] = message }.ToJsonString()) { SubStatus = subStatus, RetryAfter = retryAfter };

    public IEnumerable<(string Name, string Value)> Headers()
    {
        if (ETag is not null)
        {
            yield return ("etag", ETag);
        }

        if (Continuation is not null)
        {
            yield return ("x-ms-continuation", Continuation);
        }

        if (Items is { } count)
        {
            yield return ("x-ms-item-count", $"{count}");
        }

        if (RequiresDistribution is { } distributes)
        {
            yield return ("x-ms-cosmos-query-requiresdistribution", $"{distributes}");
        }

        if (SubStatus != 0)
        {
            yield return ("x-ms-substatus", $"{SubStatus}");
        }

        if (RetryAfter is { } wait)
        {
            yield return ("x-ms-retry-after-ms", $"{(long)wait.TotalMilliseconds}");
        }
    }
}
