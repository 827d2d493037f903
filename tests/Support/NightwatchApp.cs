using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Nightwatch.Support;

/// <summary>The product as its users run it: its own process on its own port. Several may share a state folder.</summary>
public sealed class NightwatchApp : IAsyncDisposable
{
    /// <summary>The token that this test's apps accept for intake and for reading (each app knows its hash only).</summary>
    public const string Token = "a-token-of-the-tests";

    private readonly Dictionary<string, string?> environment;
    private ManagedProcess? process;

    private NightwatchApp(Dictionary<string, string?> environment, int port)
    {
        this.environment = environment;
        Url = new Uri($"http://127.0.0.1:{port}/");
        Http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    /// <summary>Each line that the program prints.</summary>
    public event Action<string>? Printed;

    public Uri Url { get; }

    /// <summary>A client that carries the token.</summary>
    public HttpClient Http { get; }

    public string Output => process?.Output ?? "";

    public bool HasExited => process?.HasExited ?? true;

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The app is not running.");

    public static Task<NightwatchApp> StartAsync(
        string stateFolder, string serviceBus, IReadOnlyDictionary<string, string?>? settings, CancellationToken cancellationToken) =>
        StartAsync(Ports.Free(), stateFolder, serviceBus, settings, cancellationToken);

    /// <summary>On a port that others were already told of.</summary>
    public static async Task<NightwatchApp> StartAsync(
        int port, string stateFolder, string serviceBus, IReadOnlyDictionary<string, string?>? settings, CancellationToken cancellationToken)
    {
        var environment = Settings(port, stateFolder, serviceBus, settings);
        var app = new NightwatchApp(environment, port);
        await app.RestartAsync(cancellationToken);
        return app;
    }

    /// <summary>Starts the program and leaves what becomes of it to the caller.</summary>
    public static ManagedProcess Launch(string stateFolder, string serviceBus, IReadOnlyDictionary<string, string?> settings) =>
        ManagedProcess.Start(Executable(), [], Settings(Ports.Free(), stateFolder, serviceBus, settings), Repository.Root);

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        process = ManagedProcess.Start(Executable(), [], environment, Repository.Root);
        process.Printed += line => Printed?.Invoke(line);
        await process.WaitForHttpAsync(new Uri(Url, "api/health/ready"), cancellationToken);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
            process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
    }

    private static Dictionary<string, string?> Settings(int port, string stateFolder, string serviceBus, IReadOnlyDictionary<string, string?>? settings)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)));
        var environment = new Dictionary<string, string?>
        {
            ["LocalRuntime__Url"] = $"http://127.0.0.1:{port}",
            ["LocalRuntime__State"] = stateFolder,
            ["NIGHTWATCH_STATE"] = stateFolder,
            ["NIGHTWATCH_INTAKE_TOKEN_SHA256"] = hash,
            ["NIGHTWATCH_READ_TOKEN_SHA256"] = hash,
            ["ServiceBus"] = serviceBus,
            // Tests ask as fast as they can; those of the limits set their own.
            ["NIGHTWATCH_LIMITS_MACHINE_PER_MINUTE"] = "1000000",
            ["NIGHTWATCH_LIMITS_TENANT_PER_MINUTE"] = "1000000",
            ["NIGHTWATCH_LIMITS_PUBLIC_PER_MINUTE"] = "1000000",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            environment[name] = value;
        }

        return environment;
    }

    /// <summary>The build beside the test's own: artifacts/Local/bin/Functions/{debug|release}.</summary>
    public static string Executable()
    {
        var bin = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(bin.Parent!.Parent!.FullName, "Functions", bin.Name, "Nightwatch.Functions");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built.");
    }
}
