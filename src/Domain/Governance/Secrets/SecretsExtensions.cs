using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.Domain.Governance.Secrets;

public static class SecretsExtensions
{
    /// <summary>The use cases; they need an <see cref="ISecretProtector"/> and documents of <see cref="StoredSecret.Type"/>.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services
        .AddSingleton<SaveSecret>()
        .AddSingleton<ReadSecret>()
        .AddSingleton<RewrapSecrets<StoredSecret>>();
}
