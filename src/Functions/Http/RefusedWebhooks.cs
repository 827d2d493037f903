using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Alerts;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Audit;

namespace Nightwatch.Functions.Http;

/// <summary>Records that a sender of alerts was refused at the door. At most one write per function and interval, whoever knocks however often.</summary>
public sealed partial class RefusedWebhooks(RaiseFinding findings, TimeProvider time, ILogger<RefusedWebhooks> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Its own: strangers fill that of the audit trail, which then forgets.
    private readonly AuditRepeats repeats = new(time);

    public async Task RecordAsync(string tenant, string function, string reason, CancellationToken cancellationToken)
    {
        if (!repeats.IsFirst($"{tenant}/{function}", Interval))
        {
            return;
        }

        try
        {
            await findings.RaiseAsync(
                tenant, FindingKinds.WebhookRefused, function, $"A webhook was refused before it was read. {reason}", cancellationToken);
        }
        catch (StoreUnavailableException down)
        {
            // The refusal stands either way; the next one is recorded when the store is back.
            LogNotRecorded(logger, down.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A refused webhook could not be recorded: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, string reason);
}
