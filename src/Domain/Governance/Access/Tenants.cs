namespace Nightwatch.Domain.Governance.Access;

/// <summary>A tenant's data, sources and limits are its own; its id is the partition of everything that is stored for it.</summary>
public sealed record Tenant(string Id, string Name);

public static class Tenants
{
    /// <summary>The one that is there when no access policy names others.</summary>
    public const string Default = "default";

    public const int MaxLength = 40;

    /// <summary>Lower-case letters, digits and inner dashes: an id stands in keys, file names, tokens and settings.</summary>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && id[0] != '-' && id[^1] != '-';
}
