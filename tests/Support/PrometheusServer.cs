namespace Nightwatch.Support;

/// <summary>A real Prometheus (Debian's 2.42) with the given configuration and its own data folder.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly ScratchDirectory data;
    private readonly ManagedProcess process;

    private PrometheusServer(ScratchDirectory data, ManagedProcess process, Uri url)
    {
        this.data = data;
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <param name="configuration">prometheus.yml; rule files may be named relative to the folder that <paramref name="prepare"/> fills.</param>
    /// <param name="prepare">Writes rule files, or blocks back-filled by promtool under data/, into the folder.</param>
    public static async Task<PrometheusServer> StartAsync(string configuration, Action<string>? prepare, CancellationToken cancellationToken)
    {
        var scratch = new ScratchDirectory();
        prepare?.Invoke(scratch.Path);
        await File.WriteAllTextAsync(scratch.File("prometheus.yml"), configuration, cancellationToken);
        var port = Ports.Free();
        var url = new Uri($"http://127.0.0.1:{port}/");
        var process = ManagedProcess.Start(
            Repository.Tool("usr/bin/prometheus"),
            [$"--config.file={scratch.File("prometheus.yml")}", $"--storage.tsdb.path={scratch.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle", "--storage.tsdb.retention.time=10y"],
            workingDirectory: scratch.Path);
        await process.WaitForHttpAsync(new Uri(url, "-/ready"), cancellationToken);
        return new PrometheusServer(scratch, process, url);
    }

    /// <summary>One that asks its callers who they are, as web.yml (--web.config.file) says; https when that has a tls_server_config.</summary>
    public static async Task<PrometheusServer> StartGuardedAsync(string web, Action<string>? prepare, CancellationToken cancellationToken)
    {
        var scratch = new ScratchDirectory();
        prepare?.Invoke(scratch.Path);
        await File.WriteAllTextAsync(scratch.File("prometheus.yml"), "global: {scrape_interval: 1s}", cancellationToken);
        await File.WriteAllTextAsync(scratch.File("web.yml"), web, cancellationToken);
        var port = Ports.Free();
        var process = ManagedProcess.Start(
            Repository.Tool("usr/bin/prometheus"),
            [$"--config.file={scratch.File("prometheus.yml")}", $"--storage.tsdb.path={scratch.File("data")}", $"--web.listen-address=127.0.0.1:{port}", $"--web.config.file={scratch.File("web.yml")}"],
            workingDirectory: scratch.Path);
        var scheme = web.Contains("tls_server_config", StringComparison.Ordinal) ? "https" : "http";
        var server = new PrometheusServer(scratch, process, new Uri($"{scheme}://127.0.0.1:{port}/"));
        // It lets nobody ask without credentials, so that what it prints is the sign.
        await Eventually.GetAsync(() => Task.FromResult(process.Output), output => output.Contains("Server is ready to receive web requests", StringComparison.Ordinal));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        data.Dispose();
    }
}
