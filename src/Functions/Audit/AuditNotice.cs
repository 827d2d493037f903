using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Functions.Audit;

/// <summary>Says at the start whether tampering with the audit trail could be seen, and puts the start on record.</summary>
public sealed partial class AuditNotice(
    AuditKeyRing keys, IEnumerable<IAuditAnchorSink> sinks, IAuditTrail audit, IAccessPolicy policy, ILogger<AuditNotice> logger)
{
    public async Task WriteAsync()
    {
        if (!keys.Current.Protects)
        {
            LogOff(logger);
        }
        else
        {
            LogOn(logger, keys.Current.Id, sinks.Count());
        }

        try
        {
            var version = typeof(AuditNotice).Assembly.GetName().Version?.ToString() ?? "";
            await audit.RecordAsync(
                Caller.ForSystem(policy.Current.Tenants[0].Id, []).Did(AuditActions.ProcessStarted, $"{Environment.MachineName}/{Environment.ProcessId}") with
                {
                    Details = new Dictionary<string, string> { ["version"] = version, ["audit_key"] = keys.Current.Id },
                },
                CancellationToken.None);
        }
        catch (StoreUnavailableException down)
        {
            LogNotRecorded(logger, down.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail has no evidence of tampering: set NIGHTWATCH_AUDIT_KEY (head -c 32 /dev/urandom | base64).")]
    private static partial void LogOff(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The start could not be recorded in the audit trail: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The audit trail is authenticated with key {KeyId}; its anchors are kept in {Places} places outside of the store.")]
    private static partial void LogOn(ILogger logger, string keyId, int places);
}
