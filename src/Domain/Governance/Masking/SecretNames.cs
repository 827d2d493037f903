using System.Collections.Frozen;

namespace Nightwatch.Domain.Governance.Masking;

/// <summary>How much a name says about its value.</summary>
internal enum NameStrength
{
    None,

    /// <summary>A key of some kind: only a long random value is secret.</summary>
    Weak,

    /// <summary>A token, secret or API key: a value that is no word is secret.</summary>
    Secret,

    /// <summary>A password: any value is secret, unless it is a stand-in or a reference.</summary>
    Password,
}

/// <summary>Reads a name in any case (DB_PASSWORD, clientSecret, x-api-key, cas.authn.client-secret) for what its value is.</summary>
internal static class SecretNames
{
    private const int MaxName = 96;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Passwords = Set(
        "password", "passwords", "passwd", "pwd", "passphrase", "passwort", "pass", "psw", "pw", "userpass", "passcode", "sshpass", "pgpassword");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Secrets = Set(
        "secret", "secrets", "token", "tokens", "credential", "credentials", "cred", "creds", "apikey", "apikeys", "accesskey", "secretkey", "authkey", "accountkey", "privatekey", "sharedkey", "masterkey",
        "encryptionkey", "signingkey", "sharedaccesskey", "sharedaccesssignature", "sessionkey", "apitoken", "accesstoken", "authtoken", "clientsecret", "jwt", "pat", "auth", "authorization", "sessionid", "authn", "otp", "sas");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KeyKinds = Set(
        "api", "access", "secret", "private", "auth", "account", "shared", "master", "encryption", "signing", "license", "licence", "deploy", "consumer", "app", "application", "service", "admin", "aes", "hmac", "integration",
        "subscription", "ingest", "ingestion", "write", "client", "customer", "security", "session", "storage", "webhook", "wallet", "root", "priv", "role", "anon", "decryption", "crypt", "crypto", "instrumentation", "aad", "tls", "ssl", "cipher");

    // Keys that are no secrets: of tables, maps, tests of equality, keyboards, and everything public.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> HarmlessKinds = Set(
        "public", "pub", "primary", "foreign", "partition", "sort", "cache", "row", "bucket", "map", "object", "lookup", "idempotency", "routing", "group", "sequence", "index", "unique", "composite", "schema", "registry", "config",
        "host", "message", "dedup", "press", "state", "event", "alert", "metric", "label", "trace", "correlation", "translation", "i18n", "default", "keyboard", "valid", "hot", "arrow", "type", "menu", "json", "property",
        "csrf", "xsrf", "authenticity", "anti", "antiforgery", "verification", "page", "next", "continuation", "cancellation", "cancel", "syntax", "lex", "parser", "blind", "bare", "last", "pressed", "column", "table", "dict", "hash", "redis", "kms", "sync");

    // What follows "token" or "secret" when the value only tells about it.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Suffixes = Set(
        "value", "prod", "dev", "test", "staging", "stage", "default", "b64", "base64", "encoded", "plain", "plaintext", "text", "string", "str", "old", "new", "current", "previous", "primary", "secondary", "backup", "a", "b", "main",
        "live", "sandbox", "env", "raw", "clear", "header", "param", "production", "development", "local", "uat", "qa");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Vendors = Set(
        "heroku", "hubspot", "snyk", "sonar", "sonarqube", "facebook", "twitter", "mailchimp", "mailchimpe", "datadog", "dd", "newrelic", "stripe", "twilio", "sendgrid", "github", "gitlab", "slack", "aws", "azure", "gcp", "google", "openai", "anthropic",
        "cloudflare", "okta", "auth0", "algolia", "pagerduty", "opsgenie", "splunk", "sumologic", "sumo", "grafana", "sentry", "atlassian", "jira", "confluence", "bitbucket", "dropbox", "discord", "telegram", "linkedin", "npm", "nuget", "pypi", "docker",
        "artifactory", "jfrog", "consul", "vault", "nomad", "fastly", "linode", "vultr", "digitalocean", "rollbar", "airtable", "asana", "trello", "zendesk", "intercom", "mapbox", "mixpanel", "segment", "amplitude", "launchdarkly", "codecov", "circleci",
        "travis", "buildkite", "jenkins", "meraki", "cisco", "sourcegraph", "messagebird", "vonage", "nexmo", "plaid", "square", "paypal", "shopify", "coinbase", "kraken", "binance", "kucoin", "bittrex", "finicity", "freshbooks", "gitter", "gocardless", "lob", "mailgun", "mattermost",
        "netlify", "nytimes", "privateai", "rapidapi", "sendbird", "sendinblue", "squarespace", "typeform", "yandex", "zoho", "beamer", "droneci", "drone", "etsy", "flickr", "looker", "maxmind", "clickhouse", "cohere", "mistral", "huggingface", "perplexity", "elastic", "elasticsearch", "kibana", "honeycomb", "logzio", "loggly", "papertrail");

    private static readonly string[] Endings = ["password", "passwd", "passphrase", "pwd"];
    private static readonly string[] SecretEndings = ["secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "accountkey", "credentials", "authkey"];

    public static bool NamesVendor(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[MaxName * 2];
        Span<Range> words = stackalloc Range[24];
        var count = Split(name, lower, words);
        return HasVendor(lower, words[..count]);
    }

    /// <summary>Of the whole name; of a very long one the end.</summary>
    public static NameStrength Judge(ReadOnlySpan<char> name)
    {
        Span<char> lower = stackalloc char[MaxName * 2];
        Span<Range> all = stackalloc Range[24];
        var words = all[..Split(name, lower, all)];
        while (words.Length > 1 && (Suffixes.Contains(lower[words[^1]]) || lower[words[^1]].IndexOfAnyExceptInRange('0', '9') < 0))
        {
            words = words[..^1];
        }

        if (words.Length == 0)
        {
            return NameStrength.None;
        }

        foreach (var word in words)
        {
            if (lower[word] is "public" or "pub" or "csrf" or "xsrf" or "authenticity" or "example")
            {
                return NameStrength.None;
            }
        }

        var last = Unnumbered(lower[words[^1]]);
        var before = words.Length > 1 ? lower[words[^2]] : [];
        if (Passwords.Contains(last) || EndsWithAny(last, Endings))
        {
            return NameStrength.Password;
        }

        if (last is "key" or "keys")
        {
            return HarmlessKinds.Contains(before) ? NameStrength.None : KeyKinds.Contains(before) || HasVendor(lower, words) ? NameStrength.Secret : NameStrength.Weak;
        }

        return Secrets.Contains(last) || EndsWithAny(last, SecretEndings)
            ? HarmlessKinds.Contains(before) ? NameStrength.None : NameStrength.Secret
            : HasVendor(lower, words) && (last is "login" or "license" || (last is "id" && before is "access" or "client") || last is "accessid" or "clientid") ? NameStrength.Weak
            : NameStrength.None;
    }

    private static bool HasVendor(ReadOnlySpan<char> lower, ReadOnlySpan<Range> words)
    {
        foreach (var word in words)
        {
            if (Vendors.Contains(Unnumbered(lower[word])))
            {
                return true;
            }
        }

        // MessageBirdToken, newRelicKey: two words that are one vendor.
        for (var i = 1; i < words.Length; i++)
        {
            if (words[i - 1].End.Value + 1 == words[i].Start.Value && Joined(lower[words[i - 1].Start..words[i].End]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Joined(ReadOnlySpan<char> pair)
    {
        Span<char> word = stackalloc char[MaxName * 2];
        var gap = pair.IndexOf('\0');
        pair[..gap].CopyTo(word);
        pair[(gap + 1)..].CopyTo(word[gap..]);
        return Vendors.Contains(word[..(pair.Length - 1)]);
    }

    /// <summary>The words in lower case, a NUL between them, and where they are.</summary>
    private static int Split(ReadOnlySpan<char> name, Span<char> lower, Span<Range> words)
    {
        name = name.Length > MaxName ? name[^MaxName..] : name;
        int count = 0, length = 0, start = 0;
        for (var i = 0; i <= name.Length; i++)
        {
            var c = i < name.Length ? name[i] : '.';
            var isWord = char.IsAsciiLetterOrDigit(c);
            var turns = i > 0 && char.IsAsciiLetterUpper(c) && (char.IsAsciiLetterLower(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterUpper(name[i - 1]) && char.IsAsciiLetterLower(name[i + 1])));
            if ((!isWord || turns) && length > start)
            {
                if (count == words.Length)
                {
                    words[1..].CopyTo(words);
                    count--;
                }

                words[count++] = start..length;
                lower[length++] = '\0';
                start = length;
            }

            if (isWord)
            {
                lower[length++] = char.ToLowerInvariant(c);
            }
        }

        return count;
    }

    private static ReadOnlySpan<char> Unnumbered(ReadOnlySpan<char> word) => word.TrimEnd("0123456789") is { Length: > 0 } letters ? letters : word;

    private static bool EndsWithAny(ReadOnlySpan<char> word, string[] endings)
    {
        foreach (var ending in endings)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(params string[] words) => words.ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();
}
