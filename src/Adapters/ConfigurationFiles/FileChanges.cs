using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Adapters.ConfigurationFiles;

/// <summary>Puts it on record when a configuration file was changed, in each tenant's trail: the files say who may do what, and what is looked into.</summary>
internal sealed partial class FileChanges(IServiceProvider services, ILogger<FileChanges> logger)
{
    public void Record(string path)
    {
        LogChanged(path);
        _ = RecordAsync(path);
    }

    private async Task RecordAsync(string path)
    {
        // Asked for here, since the policy is one of the files.
        var audit = services.GetRequiredService<IAuditTrail>();
        foreach (var tenant in services.GetRequiredService<IAccessPolicy>().Current.Tenants)
        {
            try
            {
                await audit.RecordAsync(Caller.ForSystem(tenant.Id, []).Did(AuditActions.ConfigurationChanged, path), CancellationToken.None).ConfigureAwait(false);
            }
            catch (StoreUnavailableException down)
            {
                LogNotRecorded(path, down.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} was changed; what it says now holds.")]
    private partial void LogChanged(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "The change of {Path} could not be recorded in the audit trail: {Reason}")]
    private partial void LogNotRecorded(string path, string reason);
}
