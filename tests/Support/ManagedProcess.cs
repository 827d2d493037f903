using System.Collections.Concurrent;
using System.Diagnostics;

namespace Nightwatch.Support;

/// <summary>A real program under test: started, watched, killed (SIGKILL), and never left behind.</summary>
public sealed class ManagedProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> output = new();
    private readonly Process process;

    private ManagedProcess(Process process) => this.process = process;

    /// <summary>Each line that it prints.</summary>
    public event Action<string>? Printed;

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    /// <summary>The last lines that it printed.</summary>
    public string Output => string.Join('\n', output);

    public static ManagedProcess Start(string fileName, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{fileName} did not start.");
        var managed = new ManagedProcess(process);
        process.OutputDataReceived += managed.Keep;
        process.ErrorDataReceived += managed.Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => managed.TryKill();
        return managed;
    }

    /// <summary>Waits until the address answers 2xx; fails with the program's own output when it exits first or takes longer than a minute.</summary>
    public async Task WaitForHttpAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{process.StartInfo.FileName} exited with {process.ExitCode}:\n{Output}");
            }

            try
            {
                using var response = await client.GetAsync(address, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"{address} did not answer:\n{Output}");
            }
            catch (OperationCanceledException)
            {
                // One answer took too long, on a machine that is busy: another may not.
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        TryKill();
        await process.WaitForExitAsync();
    }

    public async Task WaitForExitAsync(CancellationToken cancellationToken) => await process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private void TryKill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Exited by itself.
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            output.Enqueue(line.Data);
            Printed?.Invoke(line.Data);
            while (output.Count > 400)
            {
                output.TryDequeue(out _);
            }
        }
    }
}
