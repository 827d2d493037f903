using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>What the service answered to one operation, read to its end.</summary>
/// <param name="SubStatus">Tells what is missing behind a 404: 0 for the item itself.</param>
internal sealed record CosmosAnswer(HttpStatusCode Status, int SubStatus, string? ETag, ReadOnlyMemory<byte> Body)
{
    /// <summary>One line of what the service said of a request that it calls wrong; it speaks of the query's text, which holds no values.</summary>
    public string? Complaint { get; init; }

    /// <summary>The status says success, but what came is no answer of Cosmos DB: a proxy's page comes with 200, and nothing was done.</summary>
    public bool IsForeign { get; init; }

    public bool IsSuccess => !IsForeign && (int)Status is >= 200 and < 300;

    /// <summary>The item is not there. A 404 with a sub-status speaks of something else: no container, or a replica that is behind.</summary>
    public bool IsAbsent => Status == HttpStatusCode.NotFound && SubStatus == 0;

    /// <summary>Answers that the caller of an operation understands; all others are faults.</summary>
    public bool IsOutcome => IsSuccess || IsAbsent || Status is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed;

    /// <summary>Worth another try now. 429 is not: the SDK has waited for it already. 449 asks for it; 410 and 503 are replicas that move.</summary>
    public bool IsPassing => IsForeign || (int)Status is 408 or 410 or 449 or >= 500 || (Status == HttpStatusCode.NotFound && SubStatus != 0);

    public JsonElement Json()
    {
        var reader = new Utf8JsonReader(Body.Span);
        return JsonElement.ParseValue(ref reader);
    }

    public static async Task<CosmosAnswer> ReadAsync(ResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = ReadOnlyMemory<byte>.Empty;
            if (response.IsSuccessStatusCode && response.Content is { } content)
            {
                using var buffer = new MemoryStream(content.CanSeek ? (int)content.Length : 1024);
                await content.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
                body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
            }

            return new CosmosAnswer(response.StatusCode, SubStatusOf(response), response.Headers.ETag, body)
            {
                Complaint = response.StatusCode == HttpStatusCode.BadRequest ? FailureText.Shorten(response.ErrorMessage) : null,
            };
        }
    }

    private static int SubStatusOf(ResponseMessage response) =>
        int.TryParse(response.Headers.Get("x-ms-substatus"), System.Globalization.CultureInfo.InvariantCulture, out var sub) ? sub : 0;
}
