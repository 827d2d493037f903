using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Adapters.OpenIdConnect;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Support;

namespace Nightwatch.Adapters.Tests.OpenIdConnect;

/// <summary>The adapter as the product makes it, from settings.</summary>
internal static class Trust
{
    public static Dictionary<string, string?> Settings(OpenIdProvider provider) => new()
    {
        ["SIGNIN:test:ISSUER"] = provider.Issuer,
        ["SIGNIN:test:AUDIENCES"] = OpenIdProvider.Audience + ",api://second",
        ["SIGNIN:test:CLIENT_ID"] = OpenIdProvider.ClientId,
    };

    public static ServiceProvider Build(IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(time ?? TimeProvider.System)
        .AddOpenIdConnect(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .BuildServiceProvider(validateScopes: true);

    public static ITokenVerifier Verifier(IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null) =>
        Build(settings, time).GetRequiredService<ITokenVerifier>();

    /// <summary>The reason of a refusal; fails when the token was accepted.</summary>
    public static async Task<string> RefusedAsync(this ITokenVerifier verifier, string token)
    {
        var verdict = await verifier.VerifyAsync(token, TestContext.Current.CancellationToken);
        Assert.Null(verdict.Identity);
        return verdict.Refusal!.Reason;
    }

    public static async Task<VerifiedIdentity> AcceptedAsync(this ITokenVerifier verifier, string token)
    {
        var verdict = await verifier.VerifyAsync(token, TestContext.Current.CancellationToken);
        Assert.Null(verdict.Refusal);
        return verdict.Identity!;
    }
}
