using System.Net;
using Microsoft.Extensions.Configuration;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Doctor;

/// <summary>A setting that weakens the product, why, and what to do. Never holds the setting's value when that may be a secret.</summary>
public sealed record InsecureSetting(string Setting, string Why, string Fix);

/// <summary>
/// Looks at a configuration for what would be a danger in production: it starts all the same, since each of these has its place on somebody's own machine.
/// What could never be right stops the start instead, where the setting is read.
/// </summary>
public static class ConfigurationDoctor
{
    private const int MinKeyBytes = 32;
    private static readonly string[] Sources = ["PROMETHEUS", "ALERTMANAGER", "LOKI", "GRAFANA"];
    private static readonly string[] CredentialSettings = ["TOKEN", "PASSWORD", "HEADER"];
    private static readonly string[] TokenSettings = ["NIGHTWATCH_INTAKE_TOKEN_SHA256", "NIGHTWATCH_READ_TOKEN_SHA256", "NIGHTWATCH_ADMIN_TOKEN_SHA256"];

    /// <summary>Tokens that somebody would try first.</summary>
    private static readonly HashSet<string> GuessableHashes = new[]
    {
        "", "admin", "token", "password", "secret", "changeme", "change-me", "nightwatch", "test", "demo", "intake", "read", "alertmanager", "prometheus", "123456", "letmein",
    }.SelectMany(t => new[] { t, t + "\n" }).Select(TextHash.Of).ToHashSet(StringComparer.Ordinal);

    public static IReadOnlyList<InsecureSetting> Examine(IConfiguration configuration) =>
    [
        .. Development(configuration),
        .. Tokens(configuration),
        .. Connections(configuration),
        .. Keys(configuration),
        .. SignIn(configuration),
        .. Doors(configuration),
        .. Queues(configuration),
    ];

    private static IEnumerable<InsecureSetting> Development(IConfiguration configuration)
    {
        if (configuration["NIGHTWATCH_DEVELOPMENT"] is not "loopback")
        {
            yield break;
        }

        if (configuration["WEBSITE_SITE_NAME"] is { Length: > 0 })
        {
            yield return new("NIGHTWATCH_DEVELOPMENT", "lets in requests without credentials, and this is an App Service", "remove it and use sign-in or service tokens");
        }

        if (configuration["LocalRuntime:Url"] is { Length: > 0 } url && !IsLoopback(url))
        {
            yield return new("NIGHTWATCH_DEVELOPMENT", $"lets in requests without credentials while the app listens on {url}", "listen on 127.0.0.1, or remove it");
        }
    }

    private static IEnumerable<InsecureSetting> Tokens(IConfiguration configuration)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in TokenSettings)
        {
            foreach (var hash in (configuration[setting] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(h => h.ToLowerInvariant()))
            {
                if (GuessableHashes.Contains(hash))
                {
                    yield return new(setting, "is the hash of a token that anybody would guess", "make a random one: head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \\n'");
                }

                if (!seen.TryAdd(hash, setting) && seen[hash] != setting)
                {
                    yield return new(setting, $"shares a token with {seen[hash]}: whoever has the weaker one has both", "give each its own token");
                }
            }
        }

        if (configuration["NIGHTWATCH_ADMIN_TOKEN_SHA256"] is { Length: > 0 })
        {
            yield return new("NIGHTWATCH_ADMIN_TOKEN_SHA256", "is a token for everything that never expires", "make service tokens with it at api/access/tokens, then remove it");
        }
    }

    private static IEnumerable<InsecureSetting> Connections(IConfiguration configuration)
    {
        foreach (var (key, setting) in Sources.SelectMany(s => SourceSettings(configuration, s)))
        {
            var hasCredential = CredentialSettings.Any(k => setting(k) is { Length: > 0 });
            if (!Uri.TryCreate(setting("URL"), UriKind.Absolute, out var url))
            {
                continue;
            }

            if (url.UserInfo.Length > 0)
            {
                yield return new(key + "URL", "carries a password in the address, where logs and process lists show it", $"use {key}USERNAME and {key}PASSWORD");
            }

            if ((hasCredential || url.UserInfo.Length > 0) && url.Scheme == Uri.UriSchemeHttp && !IsLoopback(url.ToString()))
            {
                yield return new(key + "URL", "sends a credential over plain http", "use https");
            }
        }

        if (configuration["OPENAI_API_KEY"] is { Length: > 0 } && configuration["OPENAI_ENDPOINT"] is { } endpoint && IsPlainAndFar(endpoint))
        {
            yield return new("OPENAI_ENDPOINT", "sends OPENAI_API_KEY and your evidence over plain http", "use https");
        }
    }

    private static IEnumerable<(string Key, Func<string, string?> Setting)> SourceSettings(IConfiguration configuration, string source)
    {
        yield return (source + "_", name => configuration[$"{source}_{name}"]);
        foreach (var section in configuration.GetSection(source + "_SOURCES").GetChildren())
        {
            yield return ($"{source}_SOURCES__{section.Key}__", name => section[name]);
        }
    }

    private static IEnumerable<InsecureSetting> Keys(IConfiguration configuration)
    {
        foreach (var (setting, what) in new[] { ("NIGHTWATCH_AUDIT_KEY", "the audit trail can be changed unseen"), ("NIGHTWATCH_SECRETS_KEY", "credentials of datasources and channels cannot be stored") })
        {
            if (configuration[setting] is not { Length: > 0 } key)
            {
                yield return new(setting, $"is not set: {what}", "set 32 random bytes: head -c 32 /dev/urandom | base64");
            }
            else if (BytesOf(key) is { } bytes && (bytes.Length < MinKeyBytes || bytes.Distinct().Count() < 12))
            {
                yield return new(setting, "is short or repeats itself", "set 32 random bytes: head -c 32 /dev/urandom | base64");
            }
        }

        if (configuration["NIGHTWATCH_AUDIT_KEY"] is { Length: > 0 } audit && audit == configuration["NIGHTWATCH_SECRETS_KEY"])
        {
            yield return new("NIGHTWATCH_AUDIT_KEY", "is the same as NIGHTWATCH_SECRETS_KEY", "give each its own key");
        }

        if (configuration["NIGHTWATCH_AUDIT_KEY"] is { Length: > 0 } && configuration["NIGHTWATCH_AUDIT_ANCHORS"] is not { Length: > 0 })
        {
            yield return new("NIGHTWATCH_AUDIT_ANCHORS", "is not set: the end of the audit trail can be cut off together with the anchors in the store", "name a file on another disk, or collect the log");
        }
    }

    private static IEnumerable<InsecureSetting> SignIn(IConfiguration configuration)
    {
        foreach (var provider in configuration.GetSection("SIGNIN").GetChildren())
        {
            if (provider["ISSUER"] is { } issuer && IsPlainAndFar(issuer))
            {
                yield return new($"SIGNIN__{provider.Key}__ISSUER", "is asked for keys over plain http: whoever is between can sign in as anybody", "use https");
            }
        }

        if (configuration["NIGHTWATCH_PUBLIC_URL"] is { Length: > 0 } address && IsPlainAndFar(address))
        {
            yield return new("NIGHTWATCH_PUBLIC_URL", "is plain http: session cookies can be read on the way", "use https");
        }

        if (configuration["NIGHTWATCH_PLATFORM_AUTH"] is { Length: > 0 } && configuration["WEBSITE_AUTH_ENABLED"] is not ("True" or "true"))
        {
            yield return new("NIGHTWATCH_PLATFORM_AUTH", "trusts the platform's headers, and the platform does not check who calls", "turn App Service authentication on, or remove it");
        }
    }

    private static IEnumerable<InsecureSetting> Doors(IConfiguration configuration)
    {
        if ((configuration["NIGHTWATCH_CORS_ORIGINS"] ?? "").Split(',', StringSplitOptions.TrimEntries).Any(o => o == "*" || (o.Length > 0 && IsPlainAndFar(o))))
        {
            yield return new("NIGHTWATCH_CORS_ORIGINS", "lets in pages of any origin, or of one over plain http", "name exact https origins");
        }

        if (Entries(configuration, "NIGHTWATCH_OUTBOUND_ALLOW").FirstOrDefault(e => e is "*" or "0.0.0.0/0" or "::/0" || e.StartsWith("169.254.", StringComparison.Ordinal)) is { } open)
        {
            yield return new("NIGHTWATCH_OUTBOUND_ALLOW", $"holds {open}: users' datasources and webhooks reach the inside of the network, or the cloud's credentials", "name hosts and ranges");
        }

        if (Entries(configuration, "NIGHTWATCH_TRUSTED_PROXIES").Any(e => e is "*" or "0.0.0.0/0" or "::/0"))
        {
            yield return new("NIGHTWATCH_TRUSTED_PROXIES", "believes X-Forwarded-For from anybody: limits by address can be evaded", "name the proxies");
        }
    }

    /// <summary>The key of Azurite's account is printed in its manual.</summary>
    private static IEnumerable<InsecureSetting> Queues(IConfiguration configuration)
    {
        var connection = configuration["ServiceBus"] ?? "";
        var endpoint = connection.Split(';').FirstOrDefault(p => p.StartsWith("QueueEndpoint=", StringComparison.OrdinalIgnoreCase))?["QueueEndpoint=".Length..];
        if (connection.Contains("AccountName=devstoreaccount1", StringComparison.Ordinal) && endpoint is not null && !IsLoopback(endpoint))
        {
            yield return new("ServiceBus", "uses Azurite's account, whose key everybody knows, on another machine", "run Azurite on 127.0.0.1, or use a Service Bus namespace");
        }
    }

    private static string[] Entries(IConfiguration configuration, string setting) =>
        (configuration[setting] ?? "").Split([',', ';', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsPlainAndFar(string url) => url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !IsLoopback(url);

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Host == "localhost" || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));

    private static byte[]? BytesOf(string base64)
    {
        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.Trim(), buffer, out var written) ? buffer[..written] : null;
    }
}
