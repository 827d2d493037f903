using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>An answer as it came; <see cref="Status"/> is 0 when the server hung up without one.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body, bool Complete)
{
    public static RawAnswer None { get; } = new(0, new Dictionary<string, string>(), "", true);

    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}

/// <summary>One connection that sends what it is given, byte for byte; no client library would.</summary>
internal sealed class RawHttp(int port) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private TcpClient? client;
    private byte[] buffer = new byte[64 * 1024];
    private int filled;

    /// <summary>Sends one request; a malformed one on a connection of its own, whose sending side is shut a moment later.</summary>
    public async Task<RawAnswer> SendAsync(FuzzRequest request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            if (client is null || request.Malformed)
            {
                Close();
                client = new TcpClient { NoDelay = true };
                await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            }

            var stream = client.GetStream();
            // A server that refuses early stops reading: its answer is there all the same.
            var writing = WriteAsync(stream, request, patience.Token);
            var answer = await ReadAsync(stream, request.Method == "HEAD", patience.Token);
            var goesOn = answer is { Complete: true, Status: not (0 or 101) } && !answer.Header("connection").Equals("close", StringComparison.OrdinalIgnoreCase);
            if (request.Malformed || !goesOn || !writing.IsCompletedSuccessfully)
            {
                Close();
            }

            // Where the writing still goes on, the connection is closed and with it the writing.
            return answer;
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            Close();
            return RawAnswer.None;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Close();
            throw new TimeoutException($"No answer within {Patience.TotalSeconds} s.");
        }
    }

    public void Dispose() => Close();

    private static async Task WriteAsync(NetworkStream stream, FuzzRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(request.Bytes, cancellationToken);
            if (request.Malformed)
            {
                // The server takes the end of our side for a caller that left: what it has to say comes before. A cut request would wait for ever.
                await Task.Delay(Pause, cancellationToken);
                stream.Socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // The server shut the connection before it had read all.
        }
    }

    private async Task<RawAnswer> ReadAsync(NetworkStream stream, bool isHead, CancellationToken cancellationToken)
    {
        filled = 0;
        while (true)
        {
            int end;
            while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (!await FillAsync(stream, cancellationToken))
                {
                    return RawAnswer.None;
                }
            }

            var (status, headers) = ParseHead(Encoding.Latin1.GetString(buffer, 0, end));
            Consume(end + 4);
            if (status is >= 100 and < 200 and not 101)
            {
                continue;
            }

            if (isHead || status is 101 or 204 or 304)
            {
                return new RawAnswer(status, headers, "", true);
            }

            // A stream of events ends when it likes; its beginning shows that it is one.
            return headers.GetValueOrDefault("content-type", "").StartsWith("text/event-stream", StringComparison.Ordinal) ? new RawAnswer(status, headers, "", false)
                : headers.GetValueOrDefault("transfer-encoding") == "chunked" ? await ReadChunksAsync(stream, status, headers, cancellationToken)
                : await ReadLengthAsync(stream, status, headers, cancellationToken);
        }
    }

    private async Task<RawAnswer> ReadLengthAsync(NetworkStream stream, int status, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var length = int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
        var complete = await HaveAsync(stream, length, cancellationToken);
        var body = Encoding.UTF8.GetString(buffer, 0, Math.Min(length, filled));
        return new RawAnswer(status, headers, body, complete);
    }

    private async Task<RawAnswer> ReadChunksAsync(NetworkStream stream, int status, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(0, filled).IndexOf("\r\n"u8)) < 0)
            {
                if (!await FillAsync(stream, cancellationToken))
                {
                    return new RawAnswer(status, headers, Encoding.UTF8.GetString(body.ToArray()), false);
                }
            }

            var size = int.Parse(Encoding.ASCII.GetString(buffer, 0, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Consume(line + 2);
            if (!await HaveAsync(stream, size + 2, cancellationToken))
            {
                return new RawAnswer(status, headers, Encoding.UTF8.GetString(body.ToArray()), false);
            }

            body.Write(buffer, 0, size);
            Consume(size + 2);
            if (size == 0)
            {
                return new RawAnswer(status, headers, Encoding.UTF8.GetString(body.ToArray()), true);
            }
        }
    }

    /// <exception cref="FormatException">A line of the head is no header: something from outside broke it.</exception>
    private static (int Status, Dictionary<string, string> Headers) ParseHead(string head)
    {
        var lines = head.Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.Any(char.IsControl))
            {
                throw new FormatException($"The answer's head holds the line '{line}'.");
            }

            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers);
    }

    private async Task<bool> HaveAsync(NetworkStream stream, int count, CancellationToken cancellationToken)
    {
        while (filled < count)
        {
            if (!await FillAsync(stream, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> FillAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
        filled += read;
        return read > 0;
    }

    private void Consume(int count)
    {
        buffer.AsSpan(count, filled - count).CopyTo(buffer);
        filled -= count;
    }

    private void Close()
    {
        client?.Dispose();
        client = null;
        filled = 0;
    }
}
