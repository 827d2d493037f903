using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>Reads a request's body up to a bound.</summary>
public static class RequestBody
{
    /// <summary>
    /// The body, or its first <paramref name="maxBytes"/> + 1 bytes when it is longer: one byte too many shows the use case that it is too large.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, maxBytes));
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while (body.Length <= maxBytes && (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                body.Write(buffer, 0, (int)Math.Min(read, maxBytes + 1 - body.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
