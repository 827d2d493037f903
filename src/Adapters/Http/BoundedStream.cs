namespace Nightwatch.Adapters.Http;

/// <summary>More bytes came than an answer may have.</summary>
internal sealed class AnswerTooLargeException(long limit) : IOException($"The answer is larger than {Text(limit)}.")
{
    private static string Text(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes} bytes";
}

/// <summary>
/// Reads through to another stream and fails once more than the limit was read, so that no answer, however compressed, fills the memory; and once the
/// deadline is over, so that none drips for ever. Owns both.
/// </summary>
internal sealed class BoundedStream(Stream inner, long limit, CancellationTokenSource deadline) : ReadOnlyStream
{
    private readonly CancellationToken over = deadline.Token;

    /// <summary>As <see cref="HttpClient"/> tells its own time limit.</summary>
    public static TaskCanceledException TooSlow(Exception cause) => new("The answer took too long.", new TimeoutException("The answer took too long.", cause));

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken) : null;
        try
        {
            return Count(await inner.ReadAsync(buffer, either?.Token ?? over).ConfigureAwait(false));
        }
        catch (OperationCanceledException exception) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TooSlow(exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            deadline.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int bytes)
    {
        BytesRead += bytes;
        return BytesRead <= limit ? bytes : throw new AnswerTooLargeException(limit);
    }
}
