using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Serialization;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.AuditAnchorFile;

/// <summary>
/// Anchors as JSON lines in one file that is only ever appended to; each line is on the disk before the next begins. Several processes may share it: each locks
/// the file for the moment of its line.
/// </summary>
public sealed class AuditAnchorFile(string path, TimeProvider time) : IAuditAnchorSink
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task AppendAsync(AuditAnchor anchor, CancellationToken cancellationToken)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(anchor, NightwatchJson.Options) + "\n");
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            await using var file = await OpenAsync(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, cancellationToken);
            await EndTornLineAsync(file, cancellationToken);
            await file.WriteAsync(line, cancellationToken);
            file.Flush(flushToDisk: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The anchors file {path} cannot be written: {failure.Message}", failure);
        }
    }

    public async IAsyncEnumerable<OutsideAnchor> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = await OpenReaderAsync(cancellationToken);
        for (var number = 1; await ReadLineAsync(reader, cancellationToken) is { } line; number++)
        {
            yield return new OutsideAnchor($"{path} line {number}", Parse(line));
        }
    }

    /// <summary>A process that was killed in the middle of its line leaves half of one.</summary>
    private static async Task EndTornLineAsync(FileStream file, CancellationToken cancellationToken)
    {
        if (file.Length > 0)
        {
            var last = new byte[1];
            file.Seek(-1, SeekOrigin.End);
            await file.ReadExactlyAsync(last, cancellationToken);
            if (last[0] != '\n')
            {
                await file.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }
        }
    }

    private static AuditAnchor? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditAnchor>(line, NightwatchJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<StreamReader> OpenReaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new StreamReader(await OpenAsync(FileMode.Open, FileAccess.Read, FileShare.ReadWrite, cancellationToken), Encoding.UTF8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The anchors file {path} cannot be read: {failure.Message}", failure);
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            throw new StoreUnavailableException($"The anchors file {path} cannot be read: {failure.Message}", failure);
        }
    }

    private async Task<FileStream> OpenAsync(FileMode mode, FileAccess access, FileShare share, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, mode, access, share);
            }
            catch (IOException) when (File.Exists(path) && time.GetElapsedTime(began) < Patience)
            {
                // Another process holds it for its line.
                await Task.Delay(Retry, time, cancellationToken);
            }
        }
    }
}
