using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Governance.Outbound;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

public static class OpenIdConnectExtensions
{
    /// <summary>
    /// <see cref="ITokenVerifier"/> and <see cref="ISignInProviders"/> for every issuer under SIGNIN__{name}: ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCES,
    /// ALGORITHMS, TENANT_IDS, GROUPS_CLAIM, ROLES_CLAIM, NAME_CLAIM, SCOPES, CLOCK_SKEW_SECONDS. With none, no token is accepted and nobody can sign in.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddOpenIdConnect(this IServiceCollection services, IConfiguration configuration)
    {
        var providers = SignInSettings.Read(configuration);
        services.TryAddSingleton(TimeProvider.System);
        // A provider's discovery document may name hosts beside its own, for keys and tokens: those are judged as if a user had chosen them.
        services.AddSourceHttpClient(
            configuration, OpenIdHttp.ClientName, OutboundTrust.OperatorAndOthers(providers.Select(p => new Uri(p.Issuer))), OpenIdHttp.Limits);
        services.AddSingleton<OpenIdHttp>();
        services.AddSingleton<IReadOnlyList<ProviderClient>>(s => [.. providers.Select(provider => new ProviderClient(
            provider,
            new PublishedKeys(provider, s.GetRequiredService<OpenIdHttp>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<PublishedKeys>>())))]);
        services.AddSingleton<ITokenVerifier, TokenVerifier>();
        return services.AddSingleton<ISignInProviders, SignInProviders>();
    }
}
