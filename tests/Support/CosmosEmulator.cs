using System.Net.Sockets;

namespace Nightwatch.Support;

/// <summary>An emulator of Cosmos DB that others wrote (@zeit/cosmosdb-server): what it can do, it does as they understood the service.</summary>
public sealed class CosmosEmulator : IAsyncDisposable
{
    /// <summary>The published key of every emulator (not a secret); this one does not check signatures.</summary>
    public const string Key = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

    private readonly ManagedProcess process;

    private CosmosEmulator(ManagedProcess process, int port) => (this.process, Url) = (process, new Uri($"http://127.0.0.1:{port}/"));

    public Uri Url { get; }

    public static async Task<CosmosEmulator> StartAsync(CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        var process = ManagedProcess.Start(
            "node", [Repository.Tool("node_modules/@zeit/cosmosdb-server/lib/cli.js"), "--no-ssl", "--host", "127.0.0.1", "--port", $"{port}"]);
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port, cancellationToken);
                return new CosmosEmulator(process, port);
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
