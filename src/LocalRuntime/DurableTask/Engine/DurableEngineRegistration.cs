using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Puts the engine into a host. The host registers its <see cref="IDurableInvoker"/>.</summary>
internal static class DurableEngineRegistration
{
    /// <summary>Registers the engine as a hosted service, its client and the provider of clients by name (there is one, for every name).</summary>
    public static IServiceCollection AddDurableEngine(this IServiceCollection services, Action<IServiceProvider, DurableEngineOptions> configure)
    {
        services.AddSingleton(provider =>
        {
            var options = new DurableEngineOptions
            {
                LoggerFactory = provider.GetRequiredService<ILoggerFactory>(),
                Time = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            };
            if (provider.GetService<IHttpClientFactory>() is { } clients)
            {
                options.HttpClients = () => clients.CreateClient(DurableHttpActivity.ClientName);
            }

            configure(provider, options);
            return new DurableEngine(options, provider.GetRequiredService<IDurableInvoker>());
        });
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton(provider => provider.GetRequiredService<DurableEngine>().Client);
        services.AddSingleton<IDurableTaskClientProvider>(provider => new OneClient(provider.GetRequiredService<DurableEngine>().Client));
        return services;
    }

    private sealed class OneClient(DurableTaskClient client) : IDurableTaskClientProvider
    {
        public DurableTaskClient GetClient(string? name = null) => client;
    }
}
