using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    public FunctionsApplication()
    {
    }

    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(new LocalHostOptions { Arguments = args });
}

/// <summary>Builds an app whose functions are those of the entry assembly.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly LocalHostBuilder host;

    internal FunctionsApplicationBuilder(LocalHostOptions options) => host = new LocalHostBuilder(options);

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)host.Inner).Properties;

    public ConfigurationManager Configuration => host.Inner.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public IHostEnvironment Environment => host.Inner.Environment;

    public ILoggingBuilder Logging => host.Inner.Logging;

    public IMetricsBuilder Metrics => host.Inner.Metrics;

    public IServiceCollection Services => host.Inner.Services;

    /// <exception cref="InvalidOperationException">A function breaks a rule of the Functions runtime (the message names it), or the app is already built.</exception>
    public IHost Build() => host.Build();

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => host.Inner.Host.UseServiceProviderFactory(factory).ConfigureContainer<TContainerBuilder>(container => configure?.Invoke(container));

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        host.Pipeline.Use(middleware);
        return this;
    }

    internal void UseHttp() => host.UseHttp();
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Serves HTTP triggers with ASP.NET Core's types.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.UseHttp();
        return builder;
    }
}
