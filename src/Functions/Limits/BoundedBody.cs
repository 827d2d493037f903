using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>
/// A request's body that ends with 413 after so many bytes and with 408 after so long. The server has bounds too, but not the same in both runtimes.
/// </summary>
internal sealed class BoundedBody(Stream body, long maxBytes, TimeSpan limit, HttpContext http) : Stream
{
    private CancellationTokenSource? deadline;
    private long read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        deadline ??= Begin();
        int count;
        try
        {
            // The caller's own token ends with the connection's, which the deadline is linked with.
            count = await body.ReadAsync(buffer, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"The body did not arrive within {limit.TotalSeconds:0} s.", StatusCodes.Status408RequestTimeout);
        }

        read += count;
        return read <= maxBytes ? count
            : throw new BadHttpRequestException($"The body has more than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            deadline?.Dispose();
        }

        base.Dispose(disposing);
    }

    private CancellationTokenSource Begin()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        source.CancelAfter(limit);
        return source;
    }
}
