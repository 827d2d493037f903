namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Which entities to list; what is null does not filter.</summary>
public record EntityQuery
{
    public const int DefaultPageSize = 100;

    private readonly string? prefix;

    /// <summary>How the id "@name@key" begins. The first '@' may be left out: "name" finds names that begin so, "name@" one name, "name@ke" its keys.</summary>
    public string? InstanceIdStartsWith
    {
        get => prefix;
        init => prefix = value is null ? null : Normal(value is ['@', ..] ? value : "@" + value);
    }

    public DateTimeOffset? LastModifiedFrom { get; init; }

    public DateTimeOffset? LastModifiedTo { get; init; }

    public bool IncludeState { get; init; } = true;

    /// <summary>Whether to list entities without state too: deleted ones, locked ones, ones whose first operation waits.</summary>
    public bool IncludeTransient { get; init; }

    public int? PageSize { get; init; }

    public string? ContinuationToken { get; init; }

    // Names are kept in lower case; keys as they are.
    private static string Normal(string given)
    {
        var second = given.IndexOf('@', 1);
        return second < 0 ? given.ToLowerInvariant() : given[..second].ToLowerInvariant() + given[second..];
    }
}
