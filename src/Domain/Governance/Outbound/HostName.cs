namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>Host names as rules compare them.</summary>
public static class HostName
{
    /// <summary>Lower case, without the trailing dot that a resolver ignores and without an IPv6 address' brackets.</summary>
    public static string Normalise(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        return name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
    }

    /// <summary>Names under which clouds' platforms answer for a machine's credentials.</summary>
    public static bool IsPlatform(string normalised) => normalised is
        "metadata" or "metadata.google.internal" or "metadata.goog" or "metadata.azure.com" or "metadata.azure.internal" or "metadata.internal"
        or "instance-data" or "instance-data.ec2.internal" or "metadata.tencentyun.com" or "metadata.platformequinix.com"
        || normalised.EndsWith(".metadata.google.internal", StringComparison.Ordinal)
        || normalised.EndsWith(".metadata.azure.com", StringComparison.Ordinal);
}
