using System.Net.Sockets;

namespace Nightwatch.Support;

/// <summary>Microsoft's storage emulator on its own ports and folder. Only its queues are used.</summary>
public sealed class Azurite : IAsyncDisposable
{
    private readonly ScratchDirectory data = new();
    private ManagedProcess? process;

    public int QueuePort { get; } = Ports.Free();

    /// <summary>Azurite's published development account (not a secret) with this instance's queue endpoint.</summary>
    public string ConnectionString => ConnectionStringAt(QueuePort);

    /// <summary>Not running yet: nobody listens on its port until <see cref="RestartAsync"/>.</summary>
    public static Azurite Create() => new();

    /// <summary>The same account on another port, such as a proxy's.</summary>
    public static string ConnectionStringAt(int port) =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"QueueEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";

    public static async Task<Azurite> StartAsync(CancellationToken cancellationToken)
    {
        var azurite = new Azurite();
        await azurite.RestartAsync(cancellationToken);
        return azurite;
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        process = ManagedProcess.Start(
            "node",
            [Repository.Tool("node_modules/azurite/dist/src/queue/main.js"), "--location", data.Path, "--queueHost", "127.0.0.1", "--queuePort", $"{QueuePort}", "--skipApiVersionCheck", "--silent"]);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", QueuePort, cancellationToken);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    public async Task KillAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
            process = null;
        }
    }

    /// <summary>Killed, and started again without anything that it held.</summary>
    public async Task RestartEmptyAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        foreach (var entry in new DirectoryInfo(data.Path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        await RestartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        data.Dispose();
    }
}
