using Nightwatch.Domain.Applications;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Queries.Guard;
using Nightwatch.Domain.Queries.Syntax;

namespace Nightwatch.Domain.Queries.History;

/// <summary>Which application a question is about, and which part of it.</summary>
public record ApplicationQuestion
{
    public required string Application { get; init; }

    public string? Environment { get; init; }

    public string? Component { get; init; }

    /// <summary>Name of a source; that of the profile, and then the tenant's default, when left out.</summary>
    public string? Source { get; init; }
}

/// <summary>A source, and what of it a question about an application may read.</summary>
/// <param name="Labels">What the application's series or logs carry, with those of the environment and the component.</param>
/// <param name="Policy">With the labels that each selector of each query is held to.</param>
internal sealed record ApplicationReach<T>(
    ApplicationProfile Profile, string? Environment, ApplicationComponent? Component, T Source, IReadOnlyDictionary<string, string> Labels, QueryPolicy Policy)
    where T : IDatasource
{
    public IReadOnlyList<MatcherSyntax> Matchers { get; } =
        [.. Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new MatcherSyntax(l.Key, MatchOperator.Equal, GoString.WellFormed(l.Value)))];

    /// <summary>Whether the profile says at all where the application's data are.</summary>
    public bool IsMapped => Labels.Count > 0;
}
