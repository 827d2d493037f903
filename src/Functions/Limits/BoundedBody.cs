using Microsoft.AspNetCore.Http;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>
/// A request's body that ends with 413 after so many bytes and with 408 after so long. The server has bounds too, but not the same in both runtimes.
/// </summary>
internal sealed class BoundedBody(Stream body, long maxBytes, TimeSpan limit, HttpContext http) : ReadOnlyStream
{
    private CancellationTokenSource? deadline;

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

        BytesRead += count;
        return BytesRead <= maxBytes ? count
            : throw new BadHttpRequestException($"The body has more than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

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
