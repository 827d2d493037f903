using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.Http;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>
/// One container of one Cosmos DB account, reached on first use. Every call has one time limit; what passes is repeated within it, and what does not is a
/// <see cref="StoreUnavailableException"/> that names the account and the status, never a key.
/// </summary>
internal sealed class CosmosStore(CosmosStoreOptions options, CosmosConnection connection, TimeProvider time, ILogger<CosmosStore> logger)
    : IDocumentStore, IStoreMaintenance, IDisposable
{
    private const int MaxTries = 4;

    /// <summary>Sub-status of a 403: the logical partition takes no more.</summary>
    private const int PartitionFull = 1014;

    private readonly Lock gate = new();
    private readonly CosmosContainer setup = new(options, logger);
    private readonly UnreadableDocuments unreadable = new(logger);
    private Task<Container>? opening;

    public TimeProvider Time => time;

    public IDocuments<T> Open<T>(DocumentType<T> type)
        where T : class => new CosmosDocuments<T>(this, type);

    public Task CheckAsync(CancellationToken cancellationToken) => SendAsync(
        "check",
        async (container, stop) =>
        {
            // Unlike the partition of any document, whose names hold a colon.
            using var probe = new MemoryStream("""{"id":"check","pk":"store_meta","ttl":86400}"""u8.ToArray());
            using var answer = await container.UpsertItemStreamAsync(probe, new PartitionKey("store_meta"), NoContent, stop).ConfigureAwait(false);
            return await ReadAsync("check", answer, stop).ConfigureAwait(false);
        },
        cancellationToken);

    internal void Report(string kind, string partitionKey, string id, Exception failure) => unreadable.Report(kind, partitionKey, id, failure);

    /// <summary>Cosmos DB removes by TTL, with throughput that is left over.</summary>
    public Task<int> RemoveExpiredAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    public void Dispose() => connection.Dispose();

    /// <summary>The answer of a write need not repeat what was written.</summary>
    internal static ItemRequestOptions NoContent { get; } = new() { EnableContentResponseOnWrite = false };

    /// <summary>Runs an operation until its answer is an outcome (success, absent, conflict, precondition failed).</summary>
    /// <param name="send">May run several times.</param>
    /// <exception cref="StoreUnavailableException">It is not, after all tries or after the time for the call.</exception>
    /// <exception cref="DocumentTooLargeException">Cosmos DB takes no document of this size.</exception>
    /// <exception cref="InvalidOperationException">Cosmos DB calls the request wrong: a fault of ours, which trying again would not mend.</exception>
    internal async Task<CosmosAnswer> SendAsync(string operation, Func<Container, CancellationToken, Task<CosmosAnswer>> send, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (answer, cause) = ((CosmosAnswer?)null, (Exception?)null);
        for (var attempt = 1; attempt <= MaxTries && answer is null or { IsPassing: true }; attempt++)
        {
            try
            {
                await Task.Delay(Pause(attempt), time, either.Token).ConfigureAwait(false);
                (answer, cause) = await TryAsync(send, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException gone) when (!cancellationToken.IsCancellationRequested)
            {
                throw Unavailable(operation, answer, $"took longer than {options.Timeout.TotalSeconds:0} seconds", gone);
            }

            // What is thrown is never an outcome: a 404 then speaks of the database or the container.
            if (cause is null && answer is { IsOutcome: true })
            {
                return answer;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        throw (int?)answer?.Status switch
        {
            400 => new InvalidOperationException($"Cosmos DB calls the request to {operation} wrong: {answer.Complaint}", cause),
            413 => new DocumentTooLargeException($"The document to {operation} is larger than the 2 MB ({CosmosItem.MaxBytes} bytes of JSON) that Cosmos DB takes.", cause!),
            _ => Unavailable(operation, answer, Explain(answer, cause), cause),
        };
    }

    private async Task<(CosmosAnswer? Answer, Exception? Cause)> TryAsync(
        Func<Container, CancellationToken, Task<CosmosAnswer>> send, CancellationToken cancellationToken)
    {
        try
        {
            return (await send(await OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false), null);
        }
        catch (CosmosException failure)
        {
            return (new CosmosAnswer(failure.StatusCode, failure.SubStatusCode, null, default), failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or Azure.Identity.AuthenticationFailedException)
        {
            return (null, failure);
        }
    }

    /// <summary>Reads an answer and counts what it cost.</summary>
    internal static async Task<CosmosAnswer> ReadAsync(string operation, ResponseMessage response, CancellationToken cancellationToken)
    {
        CosmosTelemetry.Count(operation, response.Headers.RequestCharge, (int)response.StatusCode);
        var answer = await CosmosAnswer.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess && !IsOurs(operation, answer) ? answer with { IsForeign = true } : answer;
    }

    /// <summary>Whether a success has what Cosmos DB gives with it. Answers to queries are read by the SDK, which takes no others.</summary>
    private static bool IsOurs(string operation, CosmosAnswer answer) => operation switch
    {
        "query" or "read many" => true,
        "delete" => answer.Status == HttpStatusCode.NoContent,
        _ => answer.ETag is not null,
    };

    private static TimeSpan Pause(int attempt) =>
        attempt == 1 ? TimeSpan.Zero : TimeSpan.FromMilliseconds((25 << attempt) * (0.5 + Random.Shared.NextDouble()));

    private async Task<Container> OpenAsync(CancellationToken cancellationToken)
    {
        Task<Container> mine;
        lock (gate)
        {
            // A store that was down at the first try is tried again at the next call.
            if (opening is null or { IsFaulted: true } or { IsCanceled: true })
            {
                opening = OpenOnceAsync();
            }

            mine = opening;
        }

        return await mine.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Container> OpenOnceAsync()
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        return await setup.OpenAsync(connection.Client, limit.Token).ConfigureAwait(false);
    }

    private StoreUnavailableException Unavailable(string operation, CosmosAnswer? answer, string why, Exception? cause)
    {
        CosmosTelemetry.Failed(operation, (int?)answer?.Status ?? 0);
        return new StoreUnavailableException($"Cosmos DB at {options.Endpoint.Authority} is not usable: to {operation} {why}.", cause!);
    }

    private string Explain(CosmosAnswer? answer, Exception? cause) => (int?)answer?.Status switch
    {
        null when cause is Azure.Identity.AuthenticationFailedException => "no identity could sign in (without COSMOS_KEY the process's own is used)",
        null => cause is HttpRequestException connection ? FailureText.OfConnection(connection, options.Endpoint) : "the connection broke",
        _ when answer is { IsForeign: true } => "was answered by something that is not Cosmos DB (the page of a proxy?)",
        401 => "was refused with 401 (COSMOS_KEY is wrong, or the identity has no role on the account)",
        403 when answer!.SubStatus == PartitionFull => "was refused with 403/1014 (the partition of this kind and tenant has reached the 20 GB that Cosmos DB gives one)",
        403 => $"was refused with 403/{answer!.SubStatus} (COSMOS_KEY is wrong, the identity has no role on the account, or the account's firewall keeps this machine out)",
        404 => "found no container",
        429 => "was throttled (429) for longer than is waited: the account needs more throughput",
        { } status => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"was answered {status}/{answer.SubStatus}"),
    };
}
