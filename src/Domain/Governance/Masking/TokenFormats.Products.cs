namespace Nightwatch.Domain.Governance.Masking;

/// <content>Payment, mail, commerce, social networks, productivity.</content>
internal static partial class TokenFormats
{
    private static TokenFormat[] Products() =>
    [
        // Payment.
        new("sk_live_", Alnum, 10, 255), new("sk_test_", Alnum, 10, 255), new("sk_prod_", Alnum, 10, 255), new("rk_live_", Alnum, 10, 255), new("rk_test_", Alnum, 10, 255), new("rk_prod_", Alnum, 10, 255), new("whsec_", Base64, 24, 80),
        new("sq0atp-", Url, 22, 60), new("sq0csp-", Url, 43, 60), new("sq0idp-", Url, 22, 60), new("EAAA", Url, 60, 60, 1), new("access-sandbox-", HexDash, 36, 36), new("access-production-", HexDash, 36, 36), new("access-development-", HexDash, 36, 36),
        new("FLWSECK-", AlnumDash, 30, 50), new("FLWSECK_TEST-", AlnumDash, 12, 50), new("rzp_live_", Alnum, 14, 24), new("rzp_test_", Alnum, 14, 24), new("access_token$production$", AnyDollar, 40, 60), new("access_token$sandbox$", AnyDollar, 40, 60), new("AQE", Base64, 100, 200, 3),
        new("duffel_test_", Url, 43, 43), new("duffel_live_", Url, 43, 43), new("pdl_live_apikey_", Word, 40, 70), new("pdl_sdbx_apikey_", Word, 40, 70), new("live_", Alnum, 35, 48, 3), new("alcht_", Alnum, 30, 30),
        // Mail and messages.
        new("SG.", Dotted, 40, 100, 1), new("SK", Hex, 32, 32), new("key-", Hex, 32, 32), new("xkeysib-", AlnumDash, 64, 90), new("xsmtpsib-", AlnumDash, 64, 90), new("md-", Url, 22, 22, 2), new("re_", Word, 28, 40, 2),
        new("mlsn.", Hex, 64, 64), new("1000.", DottedHex, 65, 70), new("EZAK", Alnum, 54, 54, 2), new("EZTK", Alnum, 54, 54, 2), new("AAAAAAAAAAAAAAAAAAAAA", Percent64, 60, 120, 2),
        // Commerce and content.
        new("shpat_", Hex, 32, 32), new("shpca_", Hex, 32, 32), new("shppa_", Hex, 32, 32), new("shpss_", Hex, 32, 32), new("shptka_", Hex, 32, 32), new("shippo_live_", Hex, 40, 40), new("shippo_test_", Hex, 40, 40),
        new("pat-na1-", HexDash, 36, 36), new("pat-na2-", HexDash, 36, 36), new("pat-eu1-", HexDash, 36, 36), new("pat-ap1-", HexDash, 36, 36), new("sk.eyJ", Dotted, 60, 300), new("tk.eyJ", Dotted, 60, 300), new("p8e-", Hex, 32, 32),
        new("EAA", Alnum, 100, 400, 3), new("IGQ", Any64, 100, 400, 3), new("sl.", Url, 120, 1400, 3), new("sl.u.", Url, 120, 1400, 3), new("pk_", DigitUnder, 40, 60, 6), new("PLATFORM-", HexDash, 36, 36), new("s-s4t2ud-", Hex, 64, 64), new("s-s4t2af-", Hex, 64, 64),
        new("b_", Any64, 44, 44, 3), new("phx_", Alnum, 40, 60, 2), new("phc_", Alnum, 40, 60, 2), new("ddp_", Alnum, 34, 40, 2), new("ddapp_", Alnum, 34, 60, 2), new("nrk_", Alnum, 30, 60, 2), new("ory_pat_", Url, 30, 80), new("ory_at_", Dotted, 40, 200), new("ory_rt_", Dotted, 40, 200),
        new("unkey_", Alnum, 22, 60, 1), new("svix_", Url, 30, 80, 2), new("svcacct_", Url, 40, 200, 2), new("cal_live_", Hex, 32, 64), new("apify_api_", Alnum, 30, 50), new("ABTMS", Alnum, 30, 60, 3), new("dG9rOg", Base64, 50, 90), new("ZXlK", Any64, 80),
    ];
}
