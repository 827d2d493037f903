using Nightwatch.Support;

namespace Nightwatch.Functions.Tests.SignIn;

/// <summary>The product in two processes on one store, and a provider that both trust.</summary>
public sealed class SignInFixture : IAsyncLifetime
{
    private readonly ScratchDirectory state = new();
    private Azurite? azurite;

    public OpenIdProvider Provider { get; private set; } = null!;

    public NightwatchApp First { get; private set; } = null!;

    public NightwatchApp Second { get; private set; } = null!;

    public string StateFolder => state.Path;

    /// <summary>Who is in the group sre may look.</summary>
    private string Policy => Path.Combine(state.Path, "access.yaml");

    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        azurite = await Azurite.StartAsync(stop);
        Provider = await OpenIdProvider.StartAsync(stop, clientSecret: "a secret: with/odd characters");
        await File.WriteAllTextAsync(
            Policy, $"assignments: [{{role: viewer, issuer: \"{Provider.Issuer}\", tenant: default, groups: [sre]}}]", stop);
        First = await StartAppAsync();
        Second = await StartAppAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Provider.DisposeAsync();
        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }

        state.Dispose();
    }

    private Task<NightwatchApp> StartAppAsync()
    {
        var port = Ports.Free();
        var settings = Provider.Settings(new Uri($"http://127.0.0.1:{port}"));
        settings["NIGHTWATCH_ACCESS_POLICY"] = Policy;
        return NightwatchApp.StartAsync(port, state.Path, azurite!.ConnectionString, settings, TestContext.Current.CancellationToken);
    }
}
