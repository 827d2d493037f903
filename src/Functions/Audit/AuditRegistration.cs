using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.AuditAnchorFile;
using Nightwatch.Adapters.Storage;
using Nightwatch.Domain.Governance.Audit;

namespace Nightwatch.Functions.Audit;

public static class AuditRegistration
{
    /// <summary>The audit trail as NIGHTWATCH_AUDIT_KEY, _KEY_PREVIOUS, _RETENTION_DAYS and NIGHTWATCH_AUDIT_ANCHORS (a file's path) say.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAuditTrail(options =>
        {
            options.Key = configuration["NIGHTWATCH_AUDIT_KEY"] is { Length: > 0 } key ? key.Trim() : null;
            options.PreviousKeys =
                (configuration["NIGHTWATCH_AUDIT_KEY_PREVIOUS"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            options.RetentionDays = ParseDays(configuration["NIGHTWATCH_AUDIT_RETENTION_DAYS"]) ?? options.RetentionDays;
        });
        if (configuration["NIGHTWATCH_AUDIT_ANCHORS"] is { Length: > 0 } path)
        {
            services.AddSingleton<IAuditAnchorSink>(provider => new AuditAnchorFile(path, provider.GetRequiredService<TimeProvider>()));
        }

        return services.AddDocuments(AuditRecord.Type).AddDocuments(AuditAnchor.Type).AddSingleton<AuditNotice>().AddSingleton<AuditRepeats>().AddSingleton<RequestAudit>();
    }

    private static int? ParseDays(string? value) => string.IsNullOrEmpty(value) ? null
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days
        : throw new OptionsValidationException(
            nameof(AuditOptions), typeof(AuditOptions), ["NIGHTWATCH_AUDIT_RETENTION_DAYS takes a number of days, 1 to 3660."]);
}
