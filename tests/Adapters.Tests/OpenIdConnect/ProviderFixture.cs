using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>One provider with an RSA key that signs, a curve key beside it, and a verifier that trusts it.</summary>
public sealed class ProviderFixture : IAsyncLifetime
{
    public OpenIdProvider Provider { get; private set; } = null!;

    public TokenSigner Curve { get; } = TokenSigner.Ec("key-ec");

    public TokenSigner Pss { get; } = TokenSigner.Rsa("key-ps", "PS256");

    public ITokenVerifier Verifier { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await OpenIdProvider.StartAsync(TestContext.Current.CancellationToken);
        Provider.OtherKeys.Add(Curve.ToWebKey());
        Provider.OtherKeys.Add(Pss.ToWebKey());
        Verifier = Trust.Verifier(Trust.Settings(Provider));
    }

    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        Curve.Dispose();
        Pss.Dispose();
    }
}
