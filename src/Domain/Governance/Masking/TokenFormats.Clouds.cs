namespace Nightwatch.Domain.Governance.Masking;

/// <content>Clouds, hosting, secrets stores, observability.</content>
internal static partial class TokenFormats
{
    private static TokenFormat[] Clouds() =>
    [
        // Amazon: access key ids by type of principal, service-specific credentials of Bedrock, marketplace tokens.
        new("AKIA", UpperDigit, 16, 16), new("ASIA", UpperDigit, 16, 16), new("ABIA", UpperDigit, 16, 16), new("ACCA", UpperDigit, 16, 16), new("A3T", UpperDigit, 17, 17, 1),
        new("ABSKQmVkcm9ja0FQSUtleS", Base64, 80, 160), new("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", Any64, 0), new("amzn.mws.", HexDash, 36, 36),
        new("amzn1.oa2-cs.v1.", Hex, 64, 64),
        // Google: API keys, OAuth access and refresh tokens, client secrets.
        new("AIza", Url, 35, 35), new("ya29.", Dotted, 20), new("GOCSPX-", Url, 28, 28), new("1//0", Url, 38, 120, 2),
        // Alibaba, Tencent, Volcengine, Yandex, Scaleway, IBM, Oracle.
        new("LTAI", Alnum, 12, 26, 1), new("AKID", Alnum, 32, 36, 2), new("AKLT", Alnum, 40, 60, 2), new("AQVN", Url, 35, 60, 2), new("y0_", Url, 50, 80, 2),
        new("t1.9eu", Dotted, 80, 400), new("SCW", UpperDigit, 17, 17, 1),
        // DigitalOcean, Heroku, Fly, Vercel, Netlify, Render, Railway, Supabase, Neon, PlanetScale, Aiven, Cloudflare, Tailscale.
        new("dop_v1_", Hex, 64, 64), new("doo_v1_", Hex, 64, 64), new("dor_v1_", Hex, 64, 64), new("HRKU-", Url, 36, 70), new("fo1_", Url, 43, 43, 1),
        new("fm1_", Any64, 80), new("fm1a_", Any64, 80), new("fm1r_", Any64, 80), new("fm2_", Any64, 80), new("vcp_", Alnum, 24, 80, 1), new("vck_", Alnum, 24, 80, 1), new("nfp_", Alnum, 36, 44, 1),
        new("nfc_", Alnum, 36, 44, 1), new("rnd_", Alnum, 28, 40, 1), new("sbp_", Hex, 40, 40), new("sb_secret_", Url, 22, 60), new("napi_", LowerDigit, 60, 70, 3),
        new("pscale_tkn_", Dotted, 30, 70), new("pscale_pw_", Dotted, 30, 70), new("pscale_oauth_", Dotted, 30, 70), new("AVNS_", Url, 19, 19),
        new("v1.0-", HexDash, 120, 190), new("tskey-", AlnumDash, 20, 80, 2), new("cfut_", Alnum, 40, 60, 1), new("cfat_", Alnum, 40, 60, 1), new("CFPAT-", Url, 43, 43),
        new("mdb_sa_sk_", Url, 30, 60), new("tk-us-", Any64, 40, 60), new("ngrok_", Alnum, 30, 60, 2), new("cco_", Alnum, 30, 60, 2),
        // HashiCorp Vault, Doppler, 1Password, Pulumi, Infisical, Akeyless.
        new("hvs.", Url, 20, 400, 1), new("hvb.", Url, 60, 500, 1), new("hvr.", Url, 60, 500, 1), new("s.", Alnum, 24, 24, 1), new("b.AAAAAQ", Any64, 60, 400),
        new("dp.pt.", Alnum, 40, 48), new("dp.ct.", Alnum, 40, 48), new("dp.scim.", Alnum, 40, 48), new("dp.audit.", Alnum, 40, 48), new("dp.st.", Dotted, 40, 80), new("dp.sa.", Alnum, 40, 48),
        new("ops_eyJ", Any64, 200), new("A3-", UpperDigitDash, 33, 40, 3), new("pul-", Hex, 40, 40), new("st.", Dotted, 60, 200, 4),
        // Databricks, Grafana, New Relic, Dynatrace, Sentry, Honeycomb, LaunchDarkly, Sonar, Sourcegraph, Snyk.
        new("dapi", HexDash, 32, 34), new("dose", Hex, 32, 32), new("dkea", Hex, 32, 32), new("glsa_", Word, 32, 60), new("glc_", Any64, 32), new("eyJrIjoi", Any64, 60),
        new("NRAK-", UpperDigit, 27, 27), new("NRII-", Url, 32, 32), new("NRJS-", Hex, 19, 19), new("NRRA-", Hex, 40, 50), new("NRIQ-", Url, 30, 40), new("dt0c01.", Dotted, 80, 100),
        new("dt0s01.", Dotted, 60, 100), new("dt0s02.", Dotted, 60, 100), new("dt0s16.", Dotted, 60, 100), new("sntrys_", Any64, 60, 400), new("sntryu_", Hex, 64, 64), new("hcaik_", Alnum, 40, 70), new("hcbik_", Alnum, 40, 70),
        new("hcalk_", Alnum, 40, 70), new("sdk-", HexDash, 36, 36), new("mob-", HexDash, 36, 36), new("api-", HexDash, 36, 36),
        new("squ_", Alnum, 40, 40, 4), new("sqp_", Alnum, 40, 40, 4), new("sqa_", Alnum, 40, 40, 4), new("sgp_local_", Hex, 40, 40), new("sgp_", Hex, 40, 40),
        new("snyk_uat.", Dotted, 40, 200), new("snyk_sat.", Dotted, 40, 200), new("hbp_", Alnum, 36, 36), new("logfire_", Alnum, 30, 60), new("pdus+_", Any64, 20, 40), new("cx_", Alnum, 28, 34, 3),
        // Jenkins, OpenShift, Rancher, Octopus, CircleCI, Buildkite, Prefect, age.
        new("sha256~", Url, 43, 43), new("API-", UpperDigit, 25, 30, 1), new("CCIPAT_", Word, 40, 80), new("CCIPRJ_", Word, 40, 80), new("bkua_", Hex, 40, 40), new("bkaj_", Alnum, 30, 80, 2), new("bkct_", Alnum, 30, 80, 2),
        new("pnu_", Alnum, 36, 36), new("pnb_", Alnum, 36, 36), new("AGE-SECRET-KEY-1", UpperDigit, 0, 58), new("ico-", Alnum, 32, 32, 1), new("dckr_pat_", Url, 20, 40), new("dckr_oat_", Url, 20, 40),
        // PEM private keys (PKCS 8, RSA, EC, OpenSSH) in base64 once more.
        new("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS", Base64, 20, 65536), new("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt", Base64, 20, 65536),
        new("LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS", Base64, 20, 65536), new("LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZ", Base64, 20, 65536),
        new("waka_", HexDash, 36, 36), new("tfp_", Dotted, 40, 70, 1), new("4b1d", Alnum, 38, 38, 2), new("cmVmdGtuOj", Any64, 50, 60), new("AKCp", Alnum, 60, 75, 2),
    ];
}
