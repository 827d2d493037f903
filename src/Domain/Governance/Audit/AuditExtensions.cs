using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Governance.Audit;

public static class AuditExtensions
{
    /// <summary>
    /// <see cref="IAuditTrail"/>, its anchors, list and verification. Needs <c>IDocuments&lt;&gt;</c> of AuditRecord and AuditAnchor and a TimeProvider; takes any
    /// number of <see cref="IAuditAnchorSink"/>.
    /// </summary>
    public static IServiceCollection AddAuditTrail(this IServiceCollection services, Action<AuditOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(MaskingPolicy.Default);
        services.TryAddSingleton<IMasker, TextMasker>();
        services.AddOptions<AuditOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>();
        return services
            .AddSingleton<AuditKeyRing>()
            .AddSingleton<AuditText>()
            .AddSingleton<AuditHeads>()
            .AddSingleton<FindAuditHeads>()
            .AddSingleton<AnchorAudit>()
            .AddSingleton<IAuditTrail, AuditTrail>()
            .AddSingleton<VerifyAudit>()
            .AddSingleton<SharedVerification>()
            .AddSingleton<ListAudit>();
    }
}
