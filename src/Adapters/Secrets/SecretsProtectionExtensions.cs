using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Adapters.Secrets;

public static class SecretsProtectionExtensions
{
    /// <summary>
    /// An <see cref="ISecretProtector"/> with NIGHTWATCH_SECRETS_KEY (32 bytes in base64; on Azure a Key Vault reference) and, while keys are being changed,
    /// NIGHTWATCH_SECRETS_KEYS_PREVIOUS (several, with commas between). Without a key nothing can be stored as a secret.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddSecretProtection(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton<ISecretProtector>(new AesGcmSecretProtector(SecretKeys.Read(configuration)));
}
