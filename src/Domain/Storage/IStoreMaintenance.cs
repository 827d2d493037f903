namespace Nightwatch.Domain.Storage;

/// <summary>What the store needs from time to time, and whether it works at all.</summary>
public interface IStoreMaintenance
{
    /// <summary>Proves that the store can be read and written now.</summary>
    /// <exception cref="StoreUnavailableException">It cannot; the message says why.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Removes documents whose time is over; returns how many. Stores that do so by themselves return 0.</summary>
    Task<int> RemoveExpiredAsync(CancellationToken cancellationToken);
}
