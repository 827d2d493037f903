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

    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        azurite = await Azurite.StartAsync(stop);
        Provider = await OpenIdProvider.StartAsync(stop, clientSecret: "a secret: with/odd characters");
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
        return NightwatchApp.StartAsync(
            port, state.Path, azurite!.ConnectionString, Provider.Settings(new Uri($"http://127.0.0.1:{port}")), TestContext.Current.CancellationToken);
    }
}
