using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Datasources;
using Nightwatch.Domain.Datasources.Stored;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Adapters.Http;

/// <summary>Where an outside system answers and how we show who we are. Read once at start; a wrong setting stops the start and names the key.</summary>
internal sealed record SourceOptions
{
    public const long DefaultMaxAnswerBytes = 32L * 1024 * 1024;

    /// <summary>Users chose it at run time, so that it is asked through <see cref="SourceHttpExtensions.UserClient"/>, which goes to fewer places.</summary>
    public bool ByUser { get; init; }

    /// <summary>Name of the datasource, as tools and people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The setting that made it; null for one that people added.</summary>
    public string? Setting { get; init; }

    /// <summary>Header that names the organisation or tenant inside of the source.</summary>
    public KeyValuePair<string, string>? Organisation { get; init; }

    /// <summary>Connections of its own, for one with certificates; null uses those that all share.</summary>
    public HttpMessageInvoker? Transport { get; init; }

    /// <summary>Why it cannot be asked at all; every question fails with this.</summary>
    public string? Problem { get; init; }

    public IObserveSource? Observer { get; init; }

    /// <summary>The tenant that it belongs to.</summary>
    public string Tenant { get; init; } = Tenants.Default;

    /// <summary>Base address without credentials, query or fragment; ends with a slash, so that relative paths keep its own path.</summary>
    public required Uri Url { get; init; }

    /// <summary>Address that people's browsers reach, for links.</summary>
    public required Uri ExternalUrl { get; init; }

    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>One further header (X-Scope-OrgID, an API key of a gateway, ...).</summary>
    public KeyValuePair<string, string>? Header { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Decompressed bytes that an answer may have.</summary>
    public long MaxAnswerBytes { get; init; } = DefaultMaxAnswerBytes;

    /// <summary>
    /// Reads {prefix}_URL, _NAME, _FOR_TENANT, _EXTERNAL_URL, _TOKEN (bearer), _USERNAME and _PASSWORD (basic), _HEADER ("Name: value"), _TIMEOUT_SECONDS and
    /// _MAX_ANSWER_MB. Null when {prefix}_URL is not set. User and password may also stand in the URL; they are moved to a header.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names the key and never repeats a secret.</exception>
    public static SourceOptions? Read(IConfiguration configuration, string prefix, string defaultName) =>
        Read(key => configuration[$"{prefix}_{key}"], prefix + "_", defaultName);

    /// <summary>The default source, then every one under {prefix}_SOURCES:{name} (the same keys without the prefix).</summary>
    public static IReadOnlyList<SourceOptions> ReadAll(IConfiguration configuration, string prefix, string defaultName)
    {
        var found = new List<SourceOptions>();
        if (Read(configuration, prefix, defaultName) is { } first)
        {
            found.Add(first);
        }

        foreach (var section in configuration.GetSection(prefix + "_SOURCES").GetChildren())
        {
            var keys = $"{section.Path}:";
            found.Add(Read(key => section[key], keys, section.Key) ?? throw Wrong($"{keys}URL", "is missing"));
        }

        if (found.GroupBy(o => $"{o.Tenant}/{o.Name}", StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Wrong($"{prefix}_SOURCES", $"has two sources named {twice.Key}");
        }

        return found;
    }

    public static OptionsValidationException Wrong(string key, string why) => new(key, typeof(SourceOptions), [$"{key} {why}."]);

    /// <summary>A whole number within bounds, or the default when the key is not set.</summary>
    public static int ReadNumber(string? text, string key, int fallback, int least, int most) =>
        string.IsNullOrWhiteSpace(text) ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Wrong(key, $"must be a whole number from {least} to {most}");

    public static Uri ReadUrl(string text, string key)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Host.Length == 0)
        {
            throw Wrong(key, "must be an absolute http or https URL");
        }

        return url.Query.Length == 0 && url.Fragment.Length == 0 ? url : throw Wrong(key, "must have no query and no fragment");
    }

    /// <summary>The address without user information, ending with a slash.</summary>
    public static Uri AsBase(Uri url) => new UriBuilder(url) { UserName = "", Password = "", Path = url.AbsolutePath.TrimEnd('/') + "/" }.Uri;

    /// <summary>The same, watched under the id of a configured source.</summary>
    public SourceOptions WatchedBy(IServiceProvider services, string type) =>
        this with { Observer = services.GetService<IObserveSources>()?.For(Tenant, ConfiguredIds.Of(type, Name)) };

    public SourceDescription Describe(string type) => new(type, Url, ExternalUrl, Setting?.Replace(":", "__", StringComparison.Ordinal));

    private static SourceOptions? Read(Func<string, string?> setting, string keys, string defaultName)
    {
        if (setting("URL") is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var url = ReadUrl(text, keys + "URL");
        var external = setting("EXTERNAL_URL") is { Length: > 0 } shown ? ReadUrl(shown, keys + "EXTERNAL_URL") : url;
        return new SourceOptions
        {
            Tenant = ReadTenant(setting("FOR_TENANT"), keys),
            Name = ReadName(setting("NAME"), keys, defaultName),
            Setting = keys + "URL",
            Url = AsBase(url),
            ExternalUrl = AsBase(external),
            Authorization = ReadAuthorization(setting, url, keys),
            Header = ReadHeader(setting("HEADER"), keys + "HEADER"),
            Timeout = TimeSpan.FromSeconds(ReadNumber(setting("TIMEOUT_SECONDS"), keys + "TIMEOUT_SECONDS", 15, 1, 300)),
            MaxAnswerBytes = 1024L * 1024 * ReadNumber(setting("MAX_ANSWER_MB"), keys + "MAX_ANSWER_MB", (int)(DefaultMaxAnswerBytes >> 20), 1, 512),
        };
    }

    private static string ReadName(string? text, string keys, string defaultName)
    {
        var name = string.IsNullOrWhiteSpace(text) ? defaultName : text.Trim();
        return name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw Wrong(keys + "NAME", "must be at most 64 letters, digits, dots, dashes and underscores");
    }

    private static string ReadTenant(string? text, string keys) =>
        string.IsNullOrWhiteSpace(text) ? Tenants.Default
        : Tenants.IsValid(text.Trim()) ? text.Trim()
        : throw Wrong(keys + "FOR_TENANT", "must be the id of a tenant: lower-case letters, digits and inner dashes");

    private static AuthenticationHeaderValue? ReadAuthorization(Func<string, string?> setting, Uri url, string keys)
    {
        var token = setting("TOKEN");
        var user = setting("USERNAME");
        var password = setting("PASSWORD");
        if (string.IsNullOrEmpty(user) && url.UserInfo.Length > 0)
        {
            var parts = url.UserInfo.Split(':', 2);
            user = Uri.UnescapeDataString(parts[0]);
            password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
        }

        if (!string.IsNullOrEmpty(token))
        {
            return !string.IsNullOrEmpty(user) ? throw Wrong(keys + "TOKEN", "and a user name are both set; one of them must go")
                : token.Any(c => c is < '!' or > '~') ? throw Wrong(keys + "TOKEN", "must be printable ASCII without blanks")
                : new AuthenticationHeaderValue("Bearer", token);
        }

        return string.IsNullOrEmpty(user)
            ? string.IsNullOrEmpty(password) ? null : throw Wrong(keys + "USERNAME", "is missing although a password is set")
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static KeyValuePair<string, string>? ReadHeader(string? text, string key)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
        using var probe = new HttpRequestMessage();
        return parts.Length == 2 && parts[1].Length > 0 && !parts[1].Any(char.IsControl) && probe.Headers.TryAddWithoutValidation(parts[0], parts[1])
            ? new KeyValuePair<string, string>(parts[0], parts[1])
            : throw Wrong(key, "must have the form Name: value");
    }
}
