using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Durable;

/// <summary>Puts the durable engine beside the worker, for an app that has anything durable.</summary>
internal static class DurableRegistration
{
    public static void AddDurableFunctions(this IServiceCollection services, FunctionCatalog catalog, HostSettings settings)
    {
        if (!catalog.Functions.Any(IsDurable))
        {
            return;
        }

        services.AddSingleton<IDurableInvoker, DurableFunctions>();
        services.AddSingleton<DataConverter, WorkerDataConverter>();
        services.AddDurableEngine((provider, options) =>
        {
            options.Converter = provider.GetRequiredService<DataConverter>();
            Configure(options, settings);
        });
    }

    private static bool IsDurable(FunctionDescriptor function) =>
        function.Trigger is OrchestrationTriggerAttribute or ActivityTriggerAttribute or EntityTriggerAttribute
        || function.Parameters.Any(parameter => parameter.Source == ParameterSource.Service);

    private static void Configure(DurableEngineOptions options, HostSettings settings)
    {
        var hostJson = settings.HostJson.GetSection("extensions:durableTask");
        options.Path = Path.Combine(settings.StateDirectory, "durable.db");
        options.DrainTimeout = settings.ShutdownGrace;
        options.MaxConcurrentActivities = Number("maxConcurrentActivityFunctions", options.MaxConcurrentActivities);
        options.MaxConcurrentOrchestrators = Number("maxConcurrentOrchestratorFunctions", options.MaxConcurrentOrchestrators);
        options.MaxConcurrentEntities = Number("maxConcurrentEntityFunctions", options.MaxConcurrentEntities);
        options.MaxEntityBatch = Number("maxEntityOperationBatchSize", options.MaxEntityBatch);
        options.ExtendedSessions = bool.TryParse(hostJson["extendedSessionsEnabled"], out var extended) && extended;
        options.DefaultVersion = hostJson["defaultVersion"] ?? "";
        options.VersionMatch = Choice("versionMatchStrategy", options.VersionMatch);
        options.VersionFailure = Choice("versionFailureStrategy", options.VersionFailure);
        options.HttpPollInterval = TimeSpan.FromMilliseconds(
            Number("httpSettings:defaultAsyncRequestSleepTimeMilliseconds", (int)options.HttpPollInterval.TotalMilliseconds));

        int Number(string key, int fallback) =>
            int.TryParse(hostJson[key], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : fallback;

        TChoice Choice<TChoice>(string key, TChoice fallback)
            where TChoice : struct, Enum => hostJson[key] is not { } text ? fallback
            : Enum.GetNames<TChoice>().FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<TChoice>(name)
            : throw new OptionsValidationException(nameof(DurableEngineOptions), typeof(DurableEngineOptions),
                [$"extensions:durableTask:{key} must be one of {string.Join(", ", Enum.GetNames<TChoice>())}, not {text}."]);
    }
}
