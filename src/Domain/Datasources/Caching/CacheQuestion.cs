namespace Nightwatch.Domain.Datasources.Caching;

/// <summary>One question to one source, and how its answer is to be kept.</summary>
internal sealed record CacheQuestion<T>(CachePartition Partition, CacheKey Key, CacheKind Kind, Func<T, ValueSize> SizeOf);

/// <param name="Bytes">Estimated, of the value in memory.</param>
/// <param name="IsWhole">False for what is empty or came with a warning.</param>
internal readonly record struct ValueSize(long Bytes, bool IsWhole);
