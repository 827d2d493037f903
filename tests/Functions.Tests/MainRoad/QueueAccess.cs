using System.Net;
using Nightwatch.LocalRuntime.ServiceBus;

namespace Nightwatch.Functions.Tests.MainRoad;

/// <summary>Puts messages into the app's queues from beside it, and counts what they hold.</summary>
internal sealed class QueueAccess(string connectionString) : IHttpClientFactory, IDisposable
{
    private readonly HttpClientHandler handler = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task SendAsync(string queue, string body)
    {
        var client = new QueueClient(this);
        var address = new QueueAddress(QueueAccount.Parse(connectionString), queue);
        await client.CreateAsync(address, Stop);
        await client.PutAsync(address, MessageEnvelope.Create(body, TimeProvider.System).Encode(), Stop);
    }

    /// <summary>Messages of the queue and of its dead-letter queue, in delivery or not.</summary>
    public async Task<int> CountAsync(string queue)
    {
        var client = new QueueClient(this);
        var address = new QueueAddress(QueueAccount.Parse(connectionString), queue);
        var count = 0;
        foreach (var one in new[] { address, address.DeadLetter })
        {
            try
            {
                count += await client.CountAsync(one, Stop);
            }
            catch (QueueException missing) when (missing.Status == HttpStatusCode.NotFound)
            {
                // Made with its first message.
            }
        }

        return count;
    }

    public HttpClient CreateClient(string name) => new(handler, disposeHandler: false);

    public void Dispose() => handler.Dispose();
}
