namespace Nightwatch.Domain.Queries.Asking.Catalogues;

/// <summary>What is known of a source, and how good that knowledge is.</summary>
/// <param name="Version">The same as long as metrics and labels are the same; values of labels do not count.</param>
/// <param name="ReadAt">When the source told it.</param>
/// <param name="Notes">What is missing from it, or why it is an old one.</param>
public sealed record CatalogueView<T>(T Catalogue, string Version, DateTimeOffset ReadAt, IReadOnlyList<string> Notes);
