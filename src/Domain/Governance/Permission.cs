namespace Nightwatch.Domain.Governance;

/// <summary>What a caller may do. Every tool and every function names one. The stored and written form is <see cref="Permissions.NameOf"/>.</summary>
public enum Permission
{
    /// <summary>No permission at all: what names this one by mistake is shut to everybody.</summary>
    None,
    ReadMetrics,
    ReadLogs,
    ReadDashboards,
    WriteDashboards,
    ReadAlerts,
    ReadIncidents,
    IngestAlerts,
    ManageAlerts,
    RunPlaybooks,
    ProposeRemediation,
    ApproveRemediation,
    ManageDatasources,
    ManageAccess,
    ReadAudit,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>The names of permissions as people write them: read:metrics, ingest:alerts, admin.</summary>
public static class Permissions
{
    private static readonly Dictionary<Permission, string> Names = Enum.GetValues<Permission>().Where(p => p != Permission.None).ToDictionary(p => p, Write);
    private static readonly Dictionary<string, Permission> Values = Names.ToDictionary(n => n.Value, n => n.Key, StringComparer.Ordinal);

    /// <summary>Every permission but <see cref="Permission.None"/>.</summary>
    public static IReadOnlyList<Permission> All { get; } = [.. Names.Keys];

    public static string NameOf(Permission permission) => Names.GetValueOrDefault(permission, "none");

    public static bool TryParse(string name, out Permission permission) => Values.TryGetValue(name, out permission);

    /// <summary>ReadMetrics is read:metrics.</summary>
    private static string Write(Permission permission)
    {
        var name = permission.ToString();
        var second = 1;
        while (second < name.Length && !char.IsAsciiLetterUpper(name[second]))
        {
            second++;
        }

        var verb = name[..second].ToLowerInvariant();
        return second == name.Length ? verb : $"{verb}:{name[second..].ToLowerInvariant()}";
    }
}
