namespace Nightwatch.Support;

/// <summary>A real Alertmanager (Debian's 0.25) with the given configuration and its own data folder.</summary>
public sealed class AlertmanagerServer : IAsyncDisposable
{
    private readonly ScratchDirectory data;
    private readonly ManagedProcess process;

    private AlertmanagerServer(ScratchDirectory data, ManagedProcess process, Uri url)
    {
        this.data = data;
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<AlertmanagerServer> StartAsync(string configuration, CancellationToken cancellationToken)
    {
        var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch.File("alertmanager.yml"), configuration, cancellationToken);
        var port = Ports.Free();
        var url = new Uri($"http://127.0.0.1:{port}/");
        var process = ManagedProcess.Start(
            Repository.Tool("usr/bin/prometheus-alertmanager"),
            [$"--config.file={scratch.File("alertmanager.yml")}", $"--storage.path={scratch.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]);
        await process.WaitForHttpAsync(new Uri(url, "-/ready"), cancellationToken);
        return new AlertmanagerServer(scratch, process, url);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        data.Dispose();
    }
}
