using System.Text;
using System.Text.Json.Nodes;

namespace Nightwatch.Functions.Tests.Fuzz;

/// <summary>Values that programs have stumbled over.</summary>
internal static class FuzzValues
{
    public static readonly string[] Texts =
    [
        "", " ", "null", "true", "0", "-1", "1e400", "NaN", "9223372036854775808", "99999999999999999999999999", "0x41", "1_000", "١٢٣",
        "\0", "a\0b", "\r\nX-Injected: 1", "line\nbreak", "\t", "\u0085", "\u2028", "\u202e\u0041", "\ufeff", "\uffff", "\U0001F4A5", "e\u0301", "İ", "ß",
        "..", "../../etc/passwd", "..%2f..%2f", "/", "\\", "//", "%", "%00", "%zz", "%c0%ae", "%u0041", "+", "a+b c", "&", "=", "?", "#", ";", "'", "\"", "`",
        "' OR 1=1 --", "\"; DROP TABLE incidents; --", "<script>alert(1)</script>", "${jndi:ldap://x}", "{{7*7}}", "$(id)", "%s%n%x", "(a+)+$", "[", "*",
        "2026-11-21T03:00:00Z", "2026-11-21", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00",
        "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T03:00:60Z", "1700000000", "now", "-1h",
        "firing", "resolved", "FIRING", "open", "suppressed", "json", "markdown", "default", "00000000-0000-0000-0000-000000000000", "0123456789abcdef",
        "=cmd|' /C calc'!A0", "@SUM(1)", "Bearer x", "constructor", "__proto__", "toString",
    ];

    public static readonly string[] Parameters =
    [
        "pageSize", "continuationToken", "status", "from", "to", "fingerprint", "incident", "kind", "format", "code", "q", "state", "tenant", "error", "since", "until",
        "limit", "actor", "action", "outcome", "redirect", "returnUrl", "scope", "id", "name", "severity", "service", "",
        "environment", "component", "metric", "start", "end", "step", "datasource", "maxPoints", "statistic", "level", "contains", "direction", "bucket", "baseline",
    ];

    public static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["*/*", "text/markdown", "application/xml", ";;;", "text/html;q=2", "a/b,c", "\u00e9"]),
        ("Content-Type", ["application/json", "text/plain", "application/json; charset=utf-16", "application/json;;", "multipart/form-data", "x", "application/x-www-form-urlencoded"]),
        ("Content-Encoding", ["gzip", "deflate", "br", "identity", "gzip, gzip", "zz"]),
        ("Authorization", ["Bearer", "Bearer ", "Bearer x.y.z", "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic", "Basic !!!", "Basic OnA=", "Basic dTpw", "Digest a=b", "Negotiate AAAA", "", "bearer a-token-of-the-tests", "Bearer a b c"]),
        ("Cookie", ["a=b", "nightwatch=", "__Host-nightwatch=x", "=;=;=", "a=b; a=c", "nightwatch=%00"]),
        ("Last-Event-ID", ["0", "-1", "99999999999999999999", "x", "{}", "bnVsbA", "WzEsMl0"]),
        ("Range", ["bytes=0-1", "bytes=-1", "bytes=9-1", "lines=1"]),
        ("If-Match", ["*", "\"x\"", "W/\"x\"", "x"]),
        ("If-None-Match", ["*", "\"", "W/"]),
        ("X-Forwarded-For", ["127.0.0.1", "x", "1.1.1.1, ,,2.2.2.2", "[::1]:80"]),
        ("X-Forwarded-Host", ["evil.example"]),
        ("X-MS-CLIENT-PRINCIPAL", ["e30=", "!!!", "bnVsbA=="]),
        ("Origin", ["null", "http://evil.example", "http://127.0.0.1", "x", ""]),
        ("Access-Control-Request-Method", ["GET", "x y", ""]),
        ("Accept-Language", ["de", "tr-TR", "x-\u00ff"]),
        ("traceparent", ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0-0-0", "x"]),
        ("tracestate", ["a=b", "=", ",,,"]),
        ("Expect", ["100-continue", "x"]),
        ("Upgrade", ["websocket", "h2c"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("X-Correlation-ID", ["x", "a b", "\u00e9"]),
    ];

    public static string Text(Random random) => random.Next(20) switch
    {
        0 => new string((char)random.Next('a', 'z'), random.Next(1, 5000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(1, 0xd7ff))),
        2 => Convert.ToBase64String(Bytes(random, random.Next(1, 60))),
        3 => Texts[random.Next(Texts.Length)] + Texts[random.Next(Texts.Length)],
        _ => Texts[random.Next(Texts.Length)],
    };

    public static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    public static JsonNode? Json(Random random, int depth = 0) => random.Next(depth > 3 ? 8 : 11) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-10, 1000),
        3 => new[] { long.MaxValue, long.MinValue, 0, -1 }[random.Next(4)],
        4 => new[] { double.MaxValue, double.Epsilon, -0.0, 1e308 }[random.Next(4)],
        5 or 6 or 7 => Text(random),
        8 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Json(random, depth + 1))]),
        _ => Object(random, depth),
    };

    /// <summary>As it stands in a request line: percent-encoded in one of several ways, some of them wrong.</summary>
    public static string Encode(string text, Random random) => random.Next(8) switch
    {
        0 => Raw(text),
        1 => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:X2}")),
        2 => Uri.EscapeDataString(Uri.EscapeDataString(text.Length > 500 ? text[..500] : text)),
        _ => Uri.EscapeDataString(text),
    };

    // Everything that would end the request line is left out: that is the business of the malformed requests.
    private static string Raw(string text) => string.Concat(text.Where(c => c is > ' ' and < (char)0x7f and not '#'));

    private static JsonObject Object(Random random, int depth)
    {
        var made = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
        {
            made[Text(random)] = Json(random, depth + 1);
        }

        return made;
    }
}
