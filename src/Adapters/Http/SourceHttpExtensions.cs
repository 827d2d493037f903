using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.Adapters.Http;

/// <summary>The one set-up of HTTP clients that talk to outside systems.</summary>
internal static class SourceHttpExtensions
{
    public static string UserAgent { get; } = $"Nightwatch/{typeof(SourceHttpExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    /// <summary>
    /// A named client that follows no redirect (a redirect could carry a credential elsewhere), keeps no cookies, opens at most 16 connections to a host,
    /// and leaves the time limit to the caller, who knows what is asked.
    /// </summary>
    public static IHttpClientBuilder AddSourceHttpClient(this IServiceCollection services, string name) => services
        .AddHttpClient(name, static client =>
        {
            client.Timeout = Timeout.InfiniteTimeSpan;
            client.DefaultRequestHeaders.UserAgent.ParseAdd(UserAgent);
        })
        // The default loggers write every request's address; what is worth a line is logged where it is handled.
        .RemoveAllLoggers()
        .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate | DecompressionMethods.Brotli,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        });
}
