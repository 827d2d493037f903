using Nightwatch.Domain.Investigations.Gathering;

namespace Nightwatch.Domain.Tests.Investigations.Gathering;

public sealed class SeriesShapeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 11, 0, 0, TimeSpan.Zero);
    private static readonly double Zero = Start.ToUnixTimeSeconds();

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(SeriesShape.Of([], Start));

    [Theory]
    [InlineData(-40)]
    [InlineData(-120)]
    [InlineData(-15)]
    public void Of_Step_FindsOnsetAndBothLevels(int onset)
    {
        var shape = SeriesShape.Of(Make(-300, 30, t => t < onset ? 1 : 5, noise: 0.05), Start)!;

        Assert.InRange((shape.Onset!.Value - Start).TotalSeconds, onset - 5, onset + 5);
        Assert.InRange(shape.Before!.Value, 0.9, 1.1);
        Assert.InRange(shape.During, 4.8, 5.2);
        Assert.True(shape.Spread < 0.2);
    }

    [Fact]
    public void Of_StepFromExactZero_FindsOnset()
    {
        var shape = SeriesShape.Of(Make(-200, 20, t => t < -30 ? 0 : 0.3, noise: 0), Start)!;

        Assert.Equal(0, shape.Before);
        Assert.Equal(-30, (shape.Onset!.Value - Start).TotalSeconds, 5d);
    }

    [Fact]
    public void Of_NoiseAlone_RarelyHasAnOnset()
    {
        var found = Enumerable.Range(0, 200).Count(seed => SeriesShape.Of(Make(-300, 20, _ => 10, noise: 1, seed), Start)!.Onset is not null);

        Assert.True(found <= 4, $"{found} of 200");
    }

    [Fact]
    public void Of_Constant_HasNoOnsetAndNoSpread()
    {
        var shape = SeriesShape.Of(Make(-300, 20, _ => 7, noise: 0), Start)!;

        Assert.Null(shape.Onset);
        Assert.Equal((7, 7, 0), (shape.Before, shape.During, shape.Spread));
    }

    [Fact]
    public void Of_FewPoints_HasNoLevelBefore()
    {
        var shape = SeriesShape.Of([new Point(Zero - 2, 1), new Point(Zero, 2)], Start)!;

        Assert.Null(shape.Before);
        Assert.Equal(2, shape.Latest);
    }

    [Fact]
    public void Of_Ramp_MeasuresItsSlope()
    {
        var shape = SeriesShape.Of(Make(-300, 30, t => 100e6 + (Math.Max(0, t + 60) * 2e6), noise: 1e5), Start)!;

        Assert.InRange(shape.SlopePerHour, 2e6 * 3600 * 0.9, 2e6 * 3600 * 1.1);
        Assert.True(shape.Trend > 0.95);
        Assert.InRange(shape.Max, 270e6, 290e6);
    }

    [Fact]
    public void Of_Falling_HasNoClimb() => Assert.Equal(0, SeriesShape.Of(Make(-300, 30, t => 1000 - t, noise: 0), Start)!.SlopePerHour);

    private static List<Point> Make(int from, int to, Func<double, double> level, double noise, int seed = 1)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return [.. Enumerable.Range(0, ((to - from) / 5) + 1).Select(i => from + (i * 5)).Select(t => new Point(Zero + t, level(t) + (noise * Normal())))];
    }
}
