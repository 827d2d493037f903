using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Governance.Outbound;
using Nightwatch.Domain.Models;

namespace Nightwatch.Adapters.OpenAi;

public static class OpenAiExtensions
{
    /// <summary>
    /// An <see cref="IChatModel"/> for OPENAI_ENDPOINT, OPENAI_API_KEY and OPENAI_MODEL; none when none of them is set. Further keys:
    /// OPENAI_TIMEOUT_SECONDS (120) for the whole answer, OPENAI_STALL_SECONDS (30) without a word.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddOpenAi(this IServiceCollection services, IConfiguration configuration)
    {
        if (OpenAiOptions.Read(configuration) is not { } options)
        {
            return services;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSourceHttpClient(
            configuration, OpenAiChatModel.ClientName, OutboundTrust.Operator(options.Endpoint), new OutboundLimits { MaxDuration = options.Timeout });
        services.AddSingleton<IChatModel>(s => new OpenAiChatModel(
            s.GetRequiredService<IHttpClientFactory>(),
            options,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<OpenAiChatModel>>()));
        return services;
    }
}
