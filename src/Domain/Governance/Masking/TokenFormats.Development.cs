namespace Nightwatch.Domain.Governance.Masking;

/// <content>Source hosting, package registries, models, chat.</content>
internal static partial class TokenFormats
{
    private static TokenFormat[] Development() =>
    [
        // GitHub and GitLab document the prefix per kind of token.
        new("ghp_", Alnum, 20, 255), new("gho_", Alnum, 20, 255), new("ghu_", Alnum, 20, 255), new("ghs_", Dotted, 20), new("ghr_", Alnum, 20, 255), new("github_pat_", Word, 40, 255),
        new("glpat-", Dotted, 20, 300), new("gldt-", Dotted, 20, 300), new("glft-", Dotted, 20, 300), new("glsoat-", Dotted, 20, 300), new("glrt-", Dotted, 20, 300), new("glcbt-", Dotted, 20, 300),
        new("glptt-", Dotted, 20, 300), new("glagent-", Dotted, 20, 300), new("glimt-", Dotted, 20, 300), new("gloas-", Dotted, 20, 300), new("glffct-", Dotted, 20, 300), new("glwt-", Dotted, 20, 300),
        new("glrtr-", Dotted, 20, 300), new("GR1348941", Url, 20, 30, 1), new("ATBB", Alnum, 32, 32, 1), new("ATATT3", Any64, 100), new("ATCTT3", Any64, 100), new("ATSTT3", Any64, 100), new("ATTA", Hex, 64, 76),
        // Package registries.
        new("npm_", Alnum, 36, 36), new("pypi-AgEIcHlwaS5vcmc", Url, 50), new("pypi-AgENdGVzdC5weXBp", Url, 50), new("rubygems_", Hex, 48, 48), new("oy2", LowerDigit, 43, 43, 2),
        new("cio", Alnum, 32, 32, 3), new("CLOJARS_", LowerDigit, 60, 60), new("packagist_ort_", Alnum, 40, 90), new("packagist_uut_", Alnum, 40, 90), new("packagist_out_", Alnum, 40, 90), new("jsrp_", Alnum, 30, 60, 1),
        new("sgp_", Word, 57, 57, 4), new("slk_", Hex, 64, 64), new("PMAK-", HexDash, 55, 65), new("PMAT-", UpperDigit, 26, 26), new("rdme_", LowerDigit, 70, 70),
        // Model providers.
        new("sk-ant-", Url, 20, 255, 2), new("sk-proj-", Url, 20, 255, 2), new("sk-svcacct-", Url, 20, 255, 2), new("sk-admin-", Url, 20, 255, 2), new("sk-or-v1-", Hex, 64, 64), new("sk-lf-", HexDash, 36, 36), new("sk-", Alnum, 32, 255, 2),
        new("sk_", Hex, 48, 48), new("pplx-", Alnum, 40, 60), new("gsk_", Alnum, 40, 60), new("xai-", Alnum, 70, 90), new("hf_", Alnum, 34, 34), new("hf_oauth_", Dotted, 30), new("api_org_", Alnum, 34, 34), new("r8_", Alnum, 37, 37),
        new("fw_", Alnum, 22, 30, 2), new("lsv2_pt_", Word, 40, 50), new("lsv2_sk_", Word, 40, 50), new("pcsk_", Word, 60, 80), new("tvly-", AlnumDash, 24, 60, 1), new("wandb_v1_", Word, 60, 100), new("tgp_v1_", Url, 40, 50),
        new("csk-", LowerDigit, 40, 60), new("nvapi-", Url, 60, 70), new("jina_", Url, 50, 70), new("pa-", Url, 43, 43, 3), new("cpk_", Alnum, 50, 80, 2),
        // Slack, Discord hooks are URLs; the tokens carry many digits.
        new("xoxb-", AlnumDash, 20, 255, 5), new("xoxp-", AlnumDash, 40, 255, 8), new("xoxa-", AlnumDash, 20, 255, 5), new("xoxr-", AlnumDash, 20, 255, 5), new("xoxs-", AlnumDash, 20, 255, 8), new("xoxo-", AlnumDash, 20, 255, 8),
        new("xoxc-", AlnumDash, 40, 255, 8), new("xoxd-", Any64, 40, 400, 5), new("xoxe-", AlnumDash, 30, 255, 8), new("xoxe.xoxp-", AlnumDash, 40, 255, 8), new("xoxe.xoxb-", AlnumDash, 40, 255, 8), new("xapp-", AlnumDash, 40, 255, 8),
        new("xwfp-", AlnumDash, 40, 255, 8), new("hooks.slack.com/services/", Slashed, 30, 120), new("hooks.slack.com/workflows/", Slashed, 30, 160), new("hooks.slack.com/triggers/", Slashed, 30, 160),
        new("discord.com/api/webhooks/", Slashed, 60, 140), new("discordapp.com/api/webhooks/", Slashed, 60, 140), new("webhook.office.com/webhookb2/", Office, 80, 300),
        new("outlook.office.com/webhook/", Office, 80, 300), new("chat.googleapis.com/v1/spaces/", Query, 60, 300), new("open.feishu.cn/open-apis/bot/v2/hook/", HexDash, 36, 36), new("events.pagerduty.com/integration/", Hex, 32, 32),
        new("lin_api_", Alnum, 40, 48), new("lin_oauth_", Hex, 40, 64), new("ntn_", Alnum, 46, 46, 3), new("secret_", Alnum, 43, 43, 2), new("figd_", Url, 38, 48), new("figo_", Url, 38, 48), new("fio-u-", Url, 60, 70),
    ];
}
