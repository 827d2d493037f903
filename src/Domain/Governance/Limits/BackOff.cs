namespace Nightwatch.Domain.Governance.Limits;

/// <summary>Keeps writers that met at one document apart, so that they do not meet again: a few milliseconds by chance, more with each attempt.</summary>
internal static class BackOff
{
    /// <param name="attempt">From 0.</param>
    public static Task WaitAsync(int attempt, CancellationToken cancellationToken) => Task.Delay(Random.Shared.Next(1, 4 + (attempt * 2)), cancellationToken);
}
