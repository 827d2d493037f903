namespace Nightwatch.Domain.Governance;

/// <summary>What a caller may do. Every tool and every function names one.</summary>
public enum Permission
{
    ReadMetrics,
    ReadLogs,
    ReadDashboards,
    ReadAlerts,
    ReadIncidents,
    IngestAlerts,
    ManageAlerts,
    Admin,
    ReadAudit,
    ManageTokens,
}
