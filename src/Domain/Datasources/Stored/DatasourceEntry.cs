using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>How a source shows who we are: which credentials are set, and nothing of what they are.</summary>
public sealed record DatasourceAuthEntry(DatasourceAuthKind Kind, string? Username, string? HeaderName, IReadOnlyList<string> Set);

/// <summary>A datasource as people see it.</summary>
public sealed record DatasourceEntry
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public Uri? Url { get; init; }

    public Uri? ExternalUrl { get; init; }

    /// <summary>Null for configured ones, whose credentials are the operator's.</summary>
    public DatasourceAuthEntry? Auth { get; init; }

    public string? OrgId { get; init; }

    public string? CaCertificate { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? MaxAnswerMegabytes { get; init; }

    public DatasourceThrough? Through { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public int? Version { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    /// <summary>Made by the operator's settings, and changed only there.</summary>
    public bool Configured { get; init; }

    /// <summary>The setting that makes it, of a configured one.</summary>
    public string? Setting { get; init; }

    public DatasourceHealth Health { get; init; } = DatasourceHealth.Unknown;

    /// <summary>What is dangerous about its settings.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    internal static DatasourceEntry Of(Datasource datasource, DatasourceHealth? health) => new()
    {
        Id = datasource.Id,
        Name = datasource.Name,
        Type = datasource.Type,
        Url = datasource.Url,
        ExternalUrl = datasource.ExternalUrl,
        Auth = new(datasource.Auth.Kind, datasource.Auth.Username, datasource.Auth.HeaderName, [.. datasource.Credentials.Keys.Order(StringComparer.Ordinal)]),
        OrgId = datasource.OrgId,
        CaCertificate = datasource.CaCertificate,
        TimeoutSeconds = datasource.TimeoutSeconds,
        MaxAnswerMegabytes = datasource.MaxAnswerMegabytes,
        Through = datasource.Through,
        Labels = datasource.Labels,
        Version = datasource.Version,
        CreatedAt = datasource.CreatedAt,
        CreatedBy = datasource.CreatedBy,
        UpdatedAt = datasource.UpdatedAt,
        UpdatedBy = datasource.UpdatedBy,
        Health = health ?? DatasourceHealth.Unknown,
        Warnings = datasource is { Credentials.Count: > 0, Url: { IsLoopback: false, Scheme: "http" } } ? ["its credentials go over plain http; use https"] : [],
    };

    internal static DatasourceEntry Of(IDescribedSource source, DatasourceHealth? health) => new()
    {
        Id = ConfiguredIds.Of(source.Description.Type, source.Name),
        Name = source.Name,
        Type = source.Description.Type,
        Url = source.Description.Url,
        ExternalUrl = source.Description.ExternalUrl,
        Configured = true,
        Setting = source.Description.Setting,
        Health = health ?? DatasourceHealth.Unknown,
    };

    /// <summary>Sources outside of the caller's scopes are not there for them; of one that says what it serves, that must be in scope too.</summary>
    internal static bool IsVisible(Caller caller, Permission permission, string name, IReadOnlyDictionary<string, string> labels)
    {
        var target = AccessTarget.Of(labels, name);
        return caller.Scopes(permission).Any(s => Holds(s.Datasources, name) && Holds(s.Applications, target.Application) && Holds(s.Environments, target.Environment));
    }

    private static bool Holds(IReadOnlyList<string> allowed, string? value) => allowed.Count == 0 || value is null || allowed.Contains(value, StringComparer.Ordinal);
}
