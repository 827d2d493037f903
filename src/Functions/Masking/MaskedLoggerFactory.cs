using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Masking;

/// <summary>Every log message of the process, whoever writes it and wherever it goes, with secrets and personal data taken out.</summary>
public sealed class MaskedLoggerFactory(LoggerFactory inner, IMasker masker) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new MaskedLogger(inner.CreateLogger(categoryName), masker);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    // The container made the inner one and disposes of it.
    public void Dispose()
    {
    }
}

public static class MaskedLoggingExtensions
{
    /// <summary>Puts the masker before all log providers; their filters stay as they are configured.</summary>
    public static IServiceCollection AddMaskedLogging(this IServiceCollection services)
    {
        services.TryAddSingleton<LoggerFactory>();
        return services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            s => new MaskedLoggerFactory(s.GetRequiredService<LoggerFactory>(), s.GetRequiredService<IMasker>())));
    }
}
