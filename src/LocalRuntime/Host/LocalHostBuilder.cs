using Azure.Core.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nightwatch.LocalRuntime.Host.Durable;
using Nightwatch.LocalRuntime.Host.Functions;
using Nightwatch.LocalRuntime.Host.Http;
using Nightwatch.LocalRuntime.Host.Invocation;
using Nightwatch.LocalRuntime.Host.Timers;
using Nightwatch.LocalRuntime.ServiceBus;

namespace Nightwatch.LocalRuntime.Host;

/// <summary>Puts the app's services and ours together into one ASP.NET Core application.</summary>
internal sealed class LocalHostBuilder
{
    // A generous limit for webhooks; Kestrel's own is 30 MB.
    private const long MaxRequestBody = 64 * 1024 * 1024;

    private readonly LocalHostOptions options;
    private readonly IConfigurationRoot hostJson;
    private bool http;
    private bool built;

    public LocalHostBuilder(LocalHostOptions options)
    {
        this.options = options;
        hostJson = HostSettings.ReadHostJson(options.BaseDirectory);
        using var settings = new ConfigurationManager();
        AppSettings.AddTo(settings, options);
        Inner = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = options.BaseDirectory,
            EnvironmentName = settings["AZURE_FUNCTIONS_ENVIRONMENT"] ?? settings["DOTNET_ENVIRONMENT"] ?? Environments.Production,
        });
        AppSettings.AddTo(Inner.Configuration, options);
        AddLogging();
        AddRuntime();
    }

    public WebApplicationBuilder Inner { get; }

    public FunctionPipeline Pipeline { get; } = new();

    public void UseHttp()
    {
        if (http)
        {
            return;
        }

        http = true;
        Inner.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
        });
        Inner.Services.AddRoutingCore();
        // What IActionResult types execute with; resolved when the first one is returned.
        Inner.Services.AddMvcCore();
        Pipeline.Use(HttpAnswer.Middleware);
    }

    public IHost Build()
    {
        if (built)
        {
            throw new InvalidOperationException("The application has already been built.");
        }

        built = true;
        var settings = HostSettings.Read(hostJson, Inner.Configuration);
        var catalog = FunctionCatalog.Read(options, Inner.Configuration);
        Inner.Services.AddSingleton(settings);
        Inner.Services.AddSingleton(catalog);
        Inner.Services.TryAddSingleton(TimeProvider.System);
        Inner.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownGrace + TimeSpan.FromSeconds(5));
        RequireHttp(catalog);
        Inner.Services.AddDurableFunctions(catalog, settings);
        var app = Inner.Build();
        foreach (var listener in app.Services.GetServices<ITriggerListener>())
        {
            listener.Validate();
        }

        if (http)
        {
            app.Urls.Add(settings.Url.ToString());
            app.UseRouting();
            app.Services.GetRequiredService<HttpFunctions>().Map(app, catalog);
        }

        return app;
    }

    private void RequireHttp(FunctionCatalog catalog)
    {
        if (!http)
        {
            Inner.Services.AddSingleton<IServer, NoServer>();
            if (catalog.Functions.FirstOrDefault(function => function.Trigger is HttpTriggerAttribute) is { } function)
            {
                throw new FunctionRefusedException(function.Name, "HTTP functions need builder.ConfigureFunctionsWebApplication().");
            }
        }
    }

    private void AddLogging()
    {
        // Two lines for each request and each call to a queue would drown the app's own; host.json may ask for them.
        Inner.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        Inner.Logging.AddConfiguration(hostJson.GetSection("logging"));
        Inner.Logging.AddConfiguration(Inner.Configuration.GetSection("Logging"));
        Inner.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
    }

    private void AddRuntime()
    {
        var services = Inner.Services;
        services.AddSingleton(Pipeline);
        services.AddSingleton<InvocationTracker>();
        services.AddSingleton<OutputDelivery>();
        services.AddSingleton<HttpFunctions>();
        services.AddSingleton<QueueDirectory>();
        services.AddSingleton<QueueClient>();
        services.AddSingleton<QueueSender>();
        services.AddSingleton<QueueOutage>();
        services.AddSingleton<QueueBell>();
        services.AddSingleton<TimerStore>();
        services.AddSingleton<ITriggerListener, TimerFunctions>();
        services.AddSingleton<ITriggerListener, MessageFunctions>();
        services.AddHttpClient(QueueClient.HttpClientName, client => (client.Timeout, client.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(10), QueueClient.MaxAnswer)).RemoveAllLoggers();
        services.AddOptions<WorkerOptions>().PostConfigure(worker => worker.Serializer ??= new JsonObjectSerializer(new System.Text.Json.JsonSerializerOptions { PropertyNameCaseInsensitive = true }));
        services.AddHostedService<LocalHost>();
    }
}
