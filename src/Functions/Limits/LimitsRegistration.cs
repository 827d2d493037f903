using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

public static class LimitsRegistration
{
    /// <summary>Limits of requests and CORS. Needs IDocuments of <see cref="LimitBucket"/> and <see cref="LimitPlaces"/>; the middlewares are added in Program.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LimitsOptions>().Configure(options => options.Read(configuration)).ValidateOnStart();
        services.AddOptions<CorsOptions>().Configure(options => options.Origins = CorsOptions.Parse(configuration["NIGHTWATCH_CORS_ORIGINS"])).ValidateOnStart();
        services.AddOptions<RateLimiterOptions>();
        return services
            .AddSingleton<RateLimiter>()
            .AddSingleton<ConcurrencyLimiter>()
            .AddSingleton<RequestLimits>()
            .AddSingleton<RouteTable>()
            .AddSingleton<Cors>();
    }
}
