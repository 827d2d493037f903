using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.Secrets;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Adapters.Tests.Secrets;

/// <summary>Protectors as the product registers them.</summary>
internal static class Protectors
{
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static ISecretProtector With(string? current, params string[] previous)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["NIGHTWATCH_SECRETS_KEY"] = current,
            ["NIGHTWATCH_SECRETS_KEYS_PREVIOUS"] = string.Join(", ", previous),
        }).Build();
        return new ServiceCollection().AddSecretProtection(configuration).BuildServiceProvider().GetRequiredService<ISecretProtector>();
    }
}
