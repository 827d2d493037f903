namespace Nightwatch.Domain.Queries.Guard;

/// <summary>The times of a range query.</summary>
/// <param name="Length">From start to end.</param>
/// <param name="Step">Between two points.</param>
public readonly record struct QueryRange(TimeSpan Length, TimeSpan Step)
{
    /// <summary>Points of each series.</summary>
    public double Points => Step > TimeSpan.Zero ? Math.Floor(Length / Step) + 1 : double.PositiveInfinity;
}
