using Nightwatch.Domain.Governance.Masking;
using Nightwatch.Support;

namespace Nightwatch.Domain.Tests.Governance.Masking;

/// <summary>Floors on public texts, where those are on the machine.</summary>
public sealed class MaskingMeasureTests
{
    private readonly TextMasker masker = new(new MaskingPolicy { Classes = SensitiveData.Credentials });

    [Fact]
    public void Mask_PublicSecrets_FindsMostAndRaisesFewAlarms()
    {
        Assert.SkipWhen(SecretSamples.Cases() is null, "../shared/bench/secrets is not here");
        var cases = SecretSamples.Cases()!;

        Assert.InRange(cases.Count(c => c.IsSecret && masker.Mask(c.Text) != c.Text), 285, 296);
        Assert.InRange(cases.Count(c => !c.IsSecret && masker.Mask(c.Text) != c.Text), 0, 43);
    }

    [Fact]
    public void Mask_PublicLogs_RaisesAtMostOneAlarmInTenThousandLines()
    {
        Assert.SkipWhen(SecretSamples.LogLines() is null, "../shared/bench/loghub is not here");
        var lines = SecretSamples.LogLines()!;

        Assert.InRange(lines.Count(l => masker.Mask(l) != l), 0, lines.Count / 10_000);
    }
}
