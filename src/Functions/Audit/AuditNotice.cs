using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.Audit;

namespace Nightwatch.Functions.Audit;

/// <summary>Says at the start whether tampering with the audit trail could be seen.</summary>
public sealed partial class AuditNotice(AuditKeyRing keys, IEnumerable<IAuditAnchorSink> sinks, ILogger<AuditNotice> logger)
{
    public void Write()
    {
        if (!keys.Current.Protects)
        {
            LogOff(logger);
        }
        else
        {
            LogOn(logger, keys.Current.Id, sinks.Count());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail has no evidence of tampering: set NIGHTWATCH_AUDIT_KEY (head -c 32 /dev/urandom | base64).")]
    private static partial void LogOff(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "The audit trail is authenticated with key {KeyId}; its anchors are kept in {Places} places outside of the store.")]
    private static partial void LogOn(ILogger logger, string keyId, int places);
}
