namespace Microsoft.DurableTask.Abstractions;

/// <summary>Orders versions of orchestrations.</summary>
public static class TaskOrchestrationVersioningUtils
{
    /// <summary>Unversioned comes first; then as System.Version where both are one; else as text without regard to case.</summary>
    public static int CompareVersions(string sourceVersion, string otherVersion)
    {
        var sourceIsNone = string.IsNullOrWhiteSpace(sourceVersion);
        var otherIsNone = string.IsNullOrWhiteSpace(otherVersion);
        if (sourceIsNone || otherIsNone)
        {
            return otherIsNone.CompareTo(sourceIsNone);
        }

        return Version.TryParse(sourceVersion, out var source) && Version.TryParse(otherVersion, out var other)
            ? source.CompareTo(other)
            : string.Compare(sourceVersion, otherVersion, StringComparison.OrdinalIgnoreCase);
    }
}
