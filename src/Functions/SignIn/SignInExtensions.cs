using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.OpenIdConnect;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

public static class SignInExtensions
{
    /// <summary>Sign-in by OpenID Connect, by JSON Web Token and by the platform; <see cref="IdentityReader"/> is what the rest asks.</summary>
    /// <exception cref="OptionsValidationException">A setting under SIGNIN is wrong.</exception>
    public static IServiceCollection AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOpenIdConnect(configuration);
        // Here and now: the start names what is wrong before anything else is made.
        SignInOptions.Read(configuration, new SignInOptions());
        services.AddOptions<SignInOptions>().Configure(options => SignInOptions.Read(configuration, options)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<SignInOptions>, SignInOptionsValidator>()
            .AddSingleton<Sessions>()
            .AddSingleton<SignInFlow>()
            .AddSingleton<SignInCookies>()
            .AddSingleton<IdentityReader>();
    }
}
