namespace Nightwatch.Domain.Governance.Access;

/// <summary>A named set of permissions.</summary>
public sealed record Role(string Name, IReadOnlyList<Permission> Permissions)
{
    private static readonly Permission[] Reading =
        [Permission.ReadMetrics, Permission.ReadLogs, Permission.ReadDashboards, Permission.ReadAlerts, Permission.ReadIncidents];

    public static Role Viewer { get; } = new("viewer", Reading);

    public static Role Operator { get; } = new(
        "operator", [.. Reading, Permission.WriteDashboards, Permission.ManageAlerts, Permission.RunPlaybooks, Permission.ProposeRemediation]);

    /// <summary>May say yes to what others proposed, and not propose: two people are behind every approval.</summary>
    public static Role Approver { get; } = new("approver", [.. Reading, Permission.ApproveRemediation]);

    public static Role Auditor { get; } = new("auditor", [Permission.ReadAudit]);

    /// <summary>For machines that send alerts.</summary>
    public static Role Sender { get; } = new("sender", [Permission.IngestAlerts]);

    public static Role Admin { get; } = new("admin", [Permission.Admin]);

    public static IReadOnlyList<Role> BuiltIn { get; } = [Viewer, Operator, Approver, Auditor, Sender, Admin];
}
