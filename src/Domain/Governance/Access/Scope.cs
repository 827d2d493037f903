using System.Text.Json.Serialization;

namespace Nightwatch.Domain.Governance.Access;

/// <summary>Where a permission holds. An empty list means everywhere; otherwise the target must be one of those listed (exact, case matters).</summary>
public sealed record Scope
{
    public static Scope Everywhere { get; } = new();

    public IReadOnlyList<string> Applications { get; init; } = [];

    public IReadOnlyList<string> Environments { get; init; } = [];

    public IReadOnlyList<string> Datasources { get; init; } = [];

    /// <summary>Data is not told apart by application or environment: whoever asks freely may see all of what a source holds.</summary>
    [JsonIgnore]
    public bool IsFreeOfLabels => Applications.Count == 0 && Environments.Count == 0;

    [JsonIgnore]
    public bool IsEverywhere => IsFreeOfLabels && Datasources.Count == 0;

    public bool Covers(AccessTarget target) =>
        Holds(Applications, target.Application) && Holds(Environments, target.Environment) && Holds(Datasources, target.Datasource);

    /// <summary>A free query of the source is inside the scope.</summary>
    public bool CoversSource(string datasource) => IsFreeOfLabels && Holds(Datasources, datasource);

    /// <summary>Everything that <paramref name="other"/> covers is covered here too.</summary>
    public bool Contains(Scope other) =>
        Contains(Applications, other.Applications) && Contains(Environments, other.Environments) && Contains(Datasources, other.Datasources);

    private static bool Holds(IReadOnlyList<string> allowed, string? value) => allowed.Count == 0 || (value is not null && allowed.Contains(value, StringComparer.Ordinal));

    private static bool Contains(IReadOnlyList<string> outer, IReadOnlyList<string> inner) =>
        outer.Count == 0 || (inner.Count > 0 && inner.All(i => outer.Contains(i, StringComparer.Ordinal)));
}
