using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.Adapters.MetricsEndpoint;

public static class MetricsEndpointExtensions
{
    /// <summary>One <see cref="MetricsText"/>, which listens from this call on, so that nothing measured before the first scrape is lost.</summary>
    public static IServiceCollection AddMetricsText(this IServiceCollection services)
    {
        var metrics = new MetricsText();
        // A factory, so that the container disposes of it.
        return services.AddSingleton(_ => metrics);
    }
}
