namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>What is known of a source, and how good that knowledge is.</summary>
/// <param name="Version">The same as long as metrics and labels are the same; values of labels do not count.</param>
/// <param name="ReadAt">When the source told it.</param>
/// <param name="Gaps">What is missing from it.</param>
public sealed record CatalogueView<T>(T Catalogue, string Version, DateTimeOffset ReadAt, IReadOnlyList<string> Gaps)
{
    /// <summary>Why it is an old one; null when it is not.</summary>
    public string? Stale { get; init; }
}
