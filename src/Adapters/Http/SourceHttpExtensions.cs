using System.Net;
using System.Net.Security;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

/// <summary>The one place where HTTP clients are made; docs/outbound.md tells the rules.</summary>
internal static class SourceHttpExtensions
{
    /// <summary>The client of everything that users configure at run time.</summary>
    public const string UserClient = "user-configured";

    public static string UserAgent { get; } = $"Nightwatch/{typeof(SourceHttpExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    /// <summary>
    /// A named client that goes only where the trust and the operator's settings allow, follows no redirect unless a request asks for it (see
    /// <see cref="OutboundRequest"/>), keeps no cookies, opens at most 16 connections to a host, and bounds what comes back. One trust per name, since
    /// clients of one name share their connections.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting of the guard is wrong.</exception>
    public static IServiceCollection AddSourceHttpClient(
        this IServiceCollection services, IConfiguration configuration, string name, OutboundTrust trust, OutboundLimits? limits = null)
    {
        services.AddOutboundGuard(configuration);
        services
            .AddHttpClient(name, static client =>
            {
                // Callers know what they ask for and set their own limit; the handler has one for those who forget.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent);
            })
            // The default loggers write every request's address; what is worth a line is logged where it is handled.
            .RemoveAllLoggers()
            // The pool below renews its connections itself; a new handler every two minutes would only throw it away.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .AddHttpMessageHandler(s => new OutboundHandler(
                new OutboundRules(s.GetRequiredService<OutboundSettings>(), trust), trust, limits ?? OutboundLimits.Default, s.GetRequiredService<TimeProvider>()))
            .ConfigurePrimaryHttpMessageHandler(s => Sockets(s.GetRequiredService<OutboundSettings>(), trust, s.GetRequiredService<IHostResolver>()));
        return services;
    }

    /// <summary>The guard's settings, and the client for what users configure. May be called often.</summary>
    public static IServiceCollection AddOutboundGuard(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(OutboundSettings)))
        {
            return services;
        }

        services.AddSingleton(OutboundSettingsReader.Read(configuration));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        return services.AddSourceHttpClient(configuration, UserClient, OutboundTrust.User);
    }

    /// <summary>
    /// Connections for one source that people configured with certificates: where it may go is the same as for <see cref="UserClient"/>, and nobody else's
    /// requests use them. Whoever makes it disposes of it; requests under way then still end.
    /// </summary>
    public static HttpMessageInvoker OwnTransport(IServiceProvider services, Action<SslClientAuthenticationOptions> configure)
    {
        var sockets = Sockets(services.GetRequiredService<OutboundSettings>(), OutboundTrust.User, services.GetRequiredService<IHostResolver>());
        configure(sockets.SslOptions);
        return new HttpMessageInvoker(
            new OutboundHandler(
                new OutboundRules(services.GetRequiredService<OutboundSettings>(), OutboundTrust.User),
                OutboundTrust.User,
                OutboundLimits.Default,
                services.GetRequiredService<TimeProvider>())
            {
                InnerHandler = sockets,
            },
            disposeHandler: true);
    }

    private static SocketsHttpHandler Sockets(OutboundSettings settings, OutboundTrust trust, IHostResolver resolver)
    {
        var rules = new OutboundRules(settings, trust);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = settings.Proxy is not null,
            Proxy = settings.Proxy is { } proxy ? new OutboundProxy(rules, proxy) : null,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate | DecompressionMethods.Brotli,
            ConnectCallback = new OutboundConnector(rules, settings, resolver).ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = OutboundLimits.HeadersKilobytes,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            // A name is judged anew at the latest after this time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        if (trust.Named.Count == 0)
        {
            // Strangers are not told which trace of ours a request belongs to.
            handler.ActivityHeadersPropagator = null;
        }

        return handler;
    }
}
