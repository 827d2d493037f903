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
        var process = Start(
            [$"--config.file={scratch.File("alertmanager.yml")}", $"--storage.path={scratch.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]);
        await process.WaitForHttpAsync(new Uri(url, "-/ready"), cancellationToken);
        return new AlertmanagerServer(scratch, process, url);
    }

    /// <summary>
    /// Debian's build reads its templates from /usr/share/prometheus/alertmanager and knows no setting for another place. Where the package is unpacked and not
    /// installed, the program gets a mount namespace of its own in which /usr/share is the unpacked one.
    /// </summary>
    private static ManagedProcess Start(IReadOnlyList<string> arguments)
    {
        var program = Repository.Tool("usr/bin/prometheus-alertmanager");
        if (File.Exists("/usr/share/prometheus/alertmanager/default.tmpl"))
        {
            return ManagedProcess.Start(program, arguments);
        }

        const string Script = "mount --bind \"$1\" /usr/share && shift && exec \"$@\"";
        return ManagedProcess.Start("unshare", ["-rm", "sh", "-c", Script, "sh", Path.Combine(Repository.Tools, "usr", "share"), program, .. arguments]);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        data.Dispose();
    }
}
