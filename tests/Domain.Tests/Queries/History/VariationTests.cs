using Nightwatch.Domain.Queries.History;

namespace Nightwatch.Domain.Tests.Queries.History;

public sealed class VariationTests
{
    [Theory]
    [InlineData(new[] { 3d }, 3)]
    [InlineData(new[] { 5d, 1, 3 }, 3)]
    [InlineData(new[] { 4d, 1, 3, 2 }, 2.5)]
    public void Median_KnownValues_IsKnown(double[] values, double expected) => Assert.Equal(expected, Variation.Median(values));

    [Fact]
    public void Compare_KnownValues_HaveTheKnownSpread()
    {
        // Median 10, deviations 0 1 1 2 2: their median is 1.
        var compared = Variation.Compare([20, 20], [8, 9, 10, 11, 12]);

        Assert.Equal((20, 10, 2), (compared.Value, compared.Baseline, compared.Ratio));
        Assert.Equal(1.4826, compared.BaselineSpread!.Value, 9);
        Assert.Equal(10 / 1.4826, compared.Effect!.Value, 9);
        Assert.Equal((true, "up"), (compared.Beyond, compared.Direction));
    }

    [Fact]
    public void Compare_AnOutlierInTheBaseline_DoesNotHideAChange()
    {
        double[] baseline = [10, 11, 9, 10, 10, 11, 9, 10, 10, 11, 9, 60];

        Assert.True(Variation.Compare([30, 31, 29], baseline).Beyond);
        Assert.False(Variation.Compare([10, 11, 9, 10, 10, 60, 11, 9, 10, 10, 11, 9], baseline).Beyond);
    }

    [Fact]
    public void Compare_FromNothing_HasNoRatioAndTheLargestEffect()
    {
        var compared = Variation.Compare([5], [0, 0, 0, 0, 0]);

        Assert.Equal((null, Variation.MaxEffect, true, "up"), (compared.Ratio, compared.Effect, compared.Beyond, compared.Direction));
    }

    [Theory]
    [InlineData(new[] { 0d, 0 }, new[] { 0d, 0, 0, 0, 0 }, false)]
    [InlineData(new[] { 100.5 }, new[] { 100d, 100, 100, 100, 100 }, false)]
    [InlineData(new[] { 104d }, new[] { 100d, 100, 100, 100, 100 }, true)]
    [InlineData(new[] { 50d }, new[] { 100d, 100, 100, 100, 100 }, true)]
    [InlineData(new[] { 50d }, new[] { 100d, 100, 100, 100 }, null)]
    [InlineData(new double[0], new[] { 100d, 100, 100, 100, 100 }, null)]
    [InlineData(new[] { double.NaN }, new[] { 100d, 100, 100, 100, 100 }, null)]
    [InlineData(new[] { 1d }, new double[0], null)]
    public void Compare_FlatOrMissing_IsToldApart(double[] window, double[] baseline, bool? beyond) => Assert.Equal(beyond, Variation.Compare(window, baseline).Beyond);

    [Fact]
    public void Excess_AboveTheBaseline_IsSummedUp() =>
        Assert.Equal((1 + 4) * 60, Variation.Excess([1, 2, 5, 0.5, double.NaN], 1, TimeSpan.FromMinutes(1)));
}
