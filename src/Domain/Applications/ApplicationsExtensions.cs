using Microsoft.Extensions.DependencyInjection;
using Nightwatch.Domain.Applications.Proposing;

namespace Nightwatch.Domain.Applications;

public static class ApplicationsExtensions
{
    /// <summary><see cref="ApplicationProfiles"/> and <see cref="ProposeApplication"/>; the store of profiles and the sources come from elsewhere.</summary>
    public static IServiceCollection AddApplications(this IServiceCollection services) =>
        services.AddSingleton<ApplicationProfiles>().AddSingleton<ProposeApplication>();
}
