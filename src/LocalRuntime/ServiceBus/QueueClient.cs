using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Nightwatch.LocalRuntime.ServiceBus;

/// <summary>The few calls of the Queue REST API that a message's life takes. Bodies are base64 of UTF-8 text.</summary>
internal sealed class QueueClient(IHttpClientFactory http)
{
    public const string HttpClientName = "LocalRuntime.Queues";

    /// <summary>The API's limit on a message after base64, in bytes.</summary>
    public const int MaxEncodedMessage = 64 * 1024;

    /// <summary>More than 32 of the largest messages take, with what XML adds: what is longer is no answer of a queue service.</summary>
    public const int MaxAnswer = 4 * 1024 * 1024;

    private static readonly XmlReaderSettings Xml = new() { DtdProcessing = DtdProcessing.Prohibit, Async = true };

    public async Task CreateAsync(QueueAddress queue, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, queue, queue.Path, null, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.NoContent))
        {
            await EnsureAsync(response, HttpStatusCode.Created, cancellationToken);
        }
    }

    /// <exception cref="QueueException">Refused; 404 means that the queue does not exist.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public async Task PutAsync(QueueAddress queue, string encoded, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, queue, $"{queue.Path}/messages?messagettl=-1", encoded, cancellationToken);
        await EnsureAsync(response, HttpStatusCode.Created, cancellationToken);
    }

    /// <summary>Takes up to <paramref name="count"/> (at most 32) messages, hidden from others for <paramref name="hidden"/>.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(QueueAddress queue, int count, TimeSpan hidden, CancellationToken cancellationToken)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{queue.Path}/messages?numofmessages={count}&visibilitytimeout={Seconds(hidden, 1)}");
        using var response = await SendAsync(HttpMethod.Get, queue, address, null, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Looks at up to 32 messages without taking them.</summary>
    public async Task<IReadOnlyList<ReceivedMessage>> PeekAsync(QueueAddress queue, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, queue, $"{queue.Path}/messages?peekonly=true&numofmessages=32", null, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>About how many messages the queue holds, those in delivery included.</summary>
    public async Task<int> CountAsync(QueueAddress queue, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, queue, $"{queue.Path}?comp=metadata", null, cancellationToken);
        await EnsureAsync(response, HttpStatusCode.OK, cancellationToken);
        return int.Parse(HeaderOf(response, "x-ms-approximate-messages-count"), CultureInfo.InvariantCulture);
    }

    /// <summary>Hides the message for that long from now (zero gives it back); returns the receipt that is valid from now on.</summary>
    public async Task<string> HideAsync(QueueAddress queue, ReceivedMessage message, TimeSpan hidden, CancellationToken cancellationToken)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"{Address(queue, message)}&visibilitytimeout={Seconds(hidden, 0)}");
        using var response = await SendAsync(HttpMethod.Put, queue, address, null, cancellationToken);
        await EnsureAsync(response, HttpStatusCode.NoContent, cancellationToken);
        return HeaderOf(response, "x-ms-popreceipt");
    }

    /// <summary>A message that is not there any more (its queue was emptied or lost) is deleted.</summary>
    public async Task DeleteAsync(QueueAddress queue, ReceivedMessage message, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, queue, Address(queue, message), null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            await EnsureAsync(response, HttpStatusCode.NoContent, cancellationToken);
        }
    }

    private static string Address(QueueAddress queue, ReceivedMessage message) =>
        $"{queue.Path}/messages/{Uri.EscapeDataString(message.Id)}?popreceipt={Uri.EscapeDataString(message.Receipt)}";

    private static long Seconds(TimeSpan time, long least) => Math.Max(least, (long)Math.Ceiling(time.TotalSeconds));

    private static async Task<IReadOnlyList<ReceivedMessage>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await EnsureAsync(response, HttpStatusCode.OK, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = XmlReader.Create(body, Xml);
        try
        {
            var list = await XElement.LoadAsync(reader, LoadOptions.None, cancellationToken);
            return list.Name.LocalName == "QueueMessagesList" ? [.. list.Elements("QueueMessage").Select(Message)] : throw NoAnswer(response, $"The answer is <{list.Name.LocalName}>.");
        }
        catch (Exception error) when (error is XmlException or FormatException or OverflowException)
        {
            throw NoAnswer(response, error.Message);
        }
    }

    private static ReceivedMessage Message(XElement element) => new(
        (string?)element.Element("MessageId") ?? "",
        (string?)element.Element("PopReceipt") ?? "",
        (int?)element.Element("DequeueCount") ?? 1,
        DateTimeOffset.TryParse((string?)element.Element("InsertionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var inserted) ? inserted : default,
        (string?)element.Element("MessageText") ?? "");

    private static string HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : throw NoAnswer(response, $"The header {name} is missing.");

    /// <summary>Something else than a queue service answered: what was asked for cannot be relied on.</summary>
    private static QueueException NoAnswer(HttpResponseMessage response, string detail) => new(response.StatusCode, QueueException.NoAnswer, detail);

    /// <param name="expected">The one status that says that it was done: a proxy's page comes with 200.</param>
    private static async Task EnsureAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode && response.StatusCode != expected)
        {
            throw NoAnswer(response, $"{(int)expected} was expected.");
        }

        if (!response.IsSuccessStatusCode)
        {
            var code = response.Headers.TryGetValues("x-ms-error-code", out var codes) ? codes.First() : "";
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new QueueException(response.StatusCode, code, text.Length > 300 ? text[..300] : text);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, QueueAddress queue, string address, string? message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (message is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($"<QueueMessage><MessageText>{message}</MessageText></QueueMessage>"));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        }

        queue.Account.Sign(request, TimeProvider.System);
        using var client = http.CreateClient(HttpClientName);
        return await client.SendAsync(request, cancellationToken);
    }
}

/// <summary>A message as the service handed it over; <see cref="Text"/> is still encoded.</summary>
internal sealed record ReceivedMessage(string Id, string Receipt, int DequeueCount, DateTimeOffset Inserted, string Text);

internal sealed class QueueException(HttpStatusCode status, string code, string detail) : Exception($"The queue service answered {(int)status} {code}. {detail}".TrimEnd())
{
    /// <summary>The code of an answer that is none of a queue service's, with whatever status.</summary>
    public const string NoAnswer = "NoQueueAnswer";

    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;
}
