using Nightwatch.Domain.Governance.Masking;

namespace Nightwatch.Domain.Tests.Governance.Masking;

/// <summary>Each vendor's form, drawn ten times, in the places where such a thing turns up in logs.</summary>
public sealed class TokenFormatTests
{
    private static readonly string[] Places = ["{0}", "using {0} now", "\"{0}\"", "at={0}&x=1", "[{0}]", "line\\n{0}\\nend", "q=%20{0}", "it was {0}."];

    public static TheoryData<string, string, int> Vendors => new()
    {
        { "AKIA", Made.Upper, 16 }, { "ASIA", Made.Upper, 16 }, { "AIza", Made.Url, 35 }, { "GOCSPX-", Made.Url, 28 }, { "ya29.", Made.Url, 60 }, { "ghp_", Made.Alnum, 36 }, { "gho_", Made.Alnum, 36 },
        { "ghs_", Made.Alnum, 36 }, { "github_pat_", Made.Alnum, 82 }, { "glpat-", Made.Url, 20 }, { "glrt-", Made.Url, 20 }, { "gldt-", Made.Url, 20 }, { "npm_", Made.Alnum, 36 },
        { "pypi-AgEIcHlwaS5vcmc", Made.Url, 120 }, { "rubygems_", Made.Hex, 48 }, { "dckr_pat_", Made.Url, 27 }, { "sk_live_", Made.Alnum, 24 }, { "rk_live_", Made.Alnum, 24 }, { "whsec_", Made.Alnum, 32 },
        { "sk-proj-", Made.Url, 74 }, { "sk-ant-api03-", Made.Url, 95 }, { "sk-or-v1-", Made.Hex, 64 }, { "sk-", Made.Alnum, 48 }, { "hf_", Made.Alnum, 34 }, { "gsk_", Made.Alnum, 52 }, { "pplx-", Made.Alnum, 48 }, { "r8_", Made.Alnum, 37 },
        { "dop_v1_", Made.Hex, 64 }, { "HRKU-", Made.Url, 60 }, { "nfp_", Made.Alnum, 36 }, { "sbp_", Made.Hex, 40 }, { "pscale_tkn_", Made.Url, 43 }, { "AVNS_", Made.Url, 19 }, { "dapi", Made.Hex, 32 },
        { "glsa_", Made.Alnum, 41 }, { "NRAK-", Made.Upper, 27 }, { "sntryu_", Made.Hex, 64 }, { "dp.pt.", Made.Alnum, 43 }, { "hvs.", Made.Url, 95 }, { "hvb.", Made.Url, 140 }, { "pul-", Made.Hex, 40 },
        { "shpat_", Made.Hex, 32 }, { "shpss_", Made.Hex, 32 }, { "sq0atp-", Made.Url, 22 }, { "SK", Made.Hex, 32 }, { "key-", Made.Hex, 32 }, { "lin_api_", Made.Alnum, 40 }, { "ntn_", Made.Alnum, 46 }, { "figd_", Made.Url, 40 },
        { "PMAK-", Made.Hex, 59 }, { "squ_", Made.Hex, 40 }, { "sgp_", Made.Hex, 40 }, { "tskey-auth-", Made.Alnum, 30 }, { "sha256~", Made.Url, 43 }, { "LTAI", Made.Alnum, 20 }, { "ATATT3xFfGF0", Made.Url, 180 },
    };

    [Theory]
    [MemberData(nameof(Vendors))]
    public void Mask_TokenOfVendor_IsGoneEverywhere(string prefix, string alphabet, int length)
    {
        var made = new Made(prefix.Length * 31 + length);
        var masker = new TextMasker();
        foreach (var place in Enumerable.Repeat(Places, 10).SelectMany(p => p))
        {
            // A body may begin or end with a sign that a sentence could own; a letter keeps the bounds clear.
            var token = prefix + "q" + made.Text(alphabet, length - 2) + "4";
            token = alphabet == Made.Hex ? prefix + made.Text(Made.Hex, length) : alphabet == Made.Upper ? prefix + made.Text(Made.Upper, length) : token;
            var masked = masker.Mask(string.Format(System.Globalization.CultureInfo.InvariantCulture, place, token));

            Assert.DoesNotContain(token[^12..], masked, StringComparison.Ordinal);
            Assert.Contains(TextMasker.Masked, masked, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mask_CompoundTokens_AreGone()
    {
        var made = new Made(3);
        string[] tokens =
        [
            $"xoxb-{made.Text("0123456789", 12)}-{made.Text("0123456789", 12)}-{made.Text(Made.Alnum, 24)}",
            $"xapp-1-A{made.Text(Made.Upper, 10)}-{made.Text("0123456789", 13)}-{made.Text(Made.Hex, 64)}",
            $"https://hooks.slack.com/services/T{made.Text(Made.Upper, 8)}/B{made.Text(Made.Upper, 8)}/{made.Text(Made.Alnum, 24)}",
            $"https://discord.com/api/webhooks/{made.Text("123456789", 18)}/{made.Text(Made.Url, 68)}",
            $"SG.{made.Text(Made.Url, 22)}.{made.Text(Made.Url, 43)}",
            $"{made.Text(Made.Hex, 32)}-us14",
            $"{made.Text("123456789", 10)}:AA{made.Text(Made.Url, 33)}",
            $"M{made.Text(Made.Alnum, 23)}.{made.Text(Made.Alnum, 6)}.{made.Text(Made.Alnum, 38)}",
            $"{made.Text(Made.Alnum, 14)}.atlasv1.{made.Text(Made.Alnum, 67)}",
            $"{made.Text(Made.Alnum, 3)}8Q~{made.Text(Made.Alnum, 34)}",
            $"{made.Text("123456789", 15)}|{made.Text(Made.Alnum, 27)}",
            $"v1.0-{made.Text(Made.Hex, 24)}-{made.Text(Made.Hex, 146)}",
            $"dt0c01.{made.Text(Made.Upper, 24)}.{made.Text(Made.Upper, 64)}",
            $"FlyV1 fm2_{made.Text(Made.Alnum, 120)}",
        ];
        var masker = new TextMasker();

        Assert.All(tokens, token => Assert.DoesNotContain(token[^10..], masker.Mask($"saw {token} there"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("commit 43fc912ef59a83054ea7f6706df4d53a7dea4d80 by ann")]
    [InlineData("image repo/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7")]
    [InlineData("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("class sk-fading-circle-animation-delay")]
    [InlineData("block blk_38865049064139660 terminating")]
    [InlineData("hf_servingcellpriorityparametersdescription_h_prio")]
    [InlineData("assets/media.ico-7a388b69018576d24b59331fd60aab0c.png")]
    public void Mask_LooksAlike_IsLeft(string text) => Assert.Same(text, new TextMasker().Mask(text));
}
