using Microsoft.Extensions.DependencyInjection;

namespace Nightwatch.Domain.Applications;

public static class ApplicationsExtensions
{
    /// <summary><see cref="ApplicationProfiles"/>; the store of profiles and the sources come from elsewhere.</summary>
    public static IServiceCollection AddApplications(this IServiceCollection services) => services.AddSingleton<ApplicationProfiles>();
}
