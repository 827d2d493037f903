using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>What is wrong with a wish, and which of its fields. The message never repeats a credential.</summary>
public sealed record WrongField(string Field, string Problem);

/// <summary>What a datasource's settings must be like. Pure.</summary>
internal static class DatasourceRules
{
    public const int MaxLabels = 20;

    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Expect", "Cookie", "Accept", "User-Agent", "Accept-Encoding",
    };

    public static WrongField? Check(DatasourceWish wish) =>
        Name(wish.Name) ?? Type(wish) ?? Address(wish) ?? Numbers(wish) ?? Texts(wish) ?? Auth(wish.Auth) ?? Labels(wish.Labels);

    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name[0]);

    /// <summary>A certificate with its key, or why they are none.</summary>
    public static WrongField? Pair(string certificate, string key)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return pair.HasPrivateKey ? null : new("auth.privateKey", "auth.privateKey holds no private key.");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return new("auth.certificate", "auth.certificate and auth.privateKey must be a certificate and its unencrypted private key in PEM.");
        }
    }

    private static WrongField? Name(string? name) =>
        IsName(name) ? null : new("name", "name must have 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit.");

    private static WrongField? Type(DatasourceWish wish)
    {
        if (wish.Type is not { Length: >= 1 and <= 64 } type || !type.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            return new("type", $"type must be {string.Join(", ", DatasourceTypes.Direct)}, or the name of a type that Grafana knows, such as influxdb.");
        }

        if (wish.Through is null)
        {
            return DatasourceTypes.Direct.Contains(type) ? null : new("through", $"A source of type {type} is asked through a Grafana: set through.datasource and through.uid.");
        }

        return type is DatasourceTypes.Grafana or DatasourceTypes.Alertmanager ? new("through", $"A source of type {type} cannot be asked through a Grafana.") : null;
    }

    private static WrongField? Address(DatasourceWish wish)
    {
        if (wish.Through is { } through)
        {
            return through.Datasource is not { Length: >= 1 and <= 200 } ? new("through.datasource", "through.datasource must be the id of a datasource of type grafana.")
                : through.Uid is not { Length: >= 1 and <= 64 } || !through.Uid.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                    ? new("through.uid", "through.uid must be the uid that Grafana gives the source: 1 to 64 letters, digits, dashes and underscores.")
                : wish.Url is not null ? new("url", "url must be left out when through is set: the Grafana's address is used.")
                : wish.Auth is { Kind: not (null or DatasourceAuthKind.None) } ? new("auth", "auth must be left out when through is set: the Grafana's credentials are used.")
                : new[] { ("externalUrl", wish.ExternalUrl), ("orgId", wish.OrgId), ("caCertificate", wish.CaCertificate) }.FirstOrDefault(f => f.Item2 is not null) is { Item1: { } own }
                    ? new(own, $"{own} must be left out when through is set: the Grafana's own is used.")
                : null;
        }

        return Url(wish.Url, "url") ?? (wish.ExternalUrl is null ? null : Url(wish.ExternalUrl, "externalUrl"));
    }

    private static WrongField? Url(string? text, string field) =>
        text is not { Length: >= 1 and <= 2000 } || !Uri.TryCreate(text, UriKind.Absolute, out var url)
        || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0
            ? new(field, $"{field} must be an absolute http or https URL of at most 2000 characters.")
            : url.UserInfo.Length > 0 ? new(field, $"{field} must hold no user and no password; set auth.username and auth.password.")
            : url.Query.Length > 0 || url.Fragment.Length > 0 ? new(field, $"{field} must have no query and no fragment.")
            : null;

    private static WrongField? Numbers(DatasourceWish wish) =>
        wish.TimeoutSeconds is < 1 or > 300 ? new("timeoutSeconds", "timeoutSeconds must be 1 to 300.")
        : wish.MaxAnswerMegabytes is < 1 or > 512 ? new("maxAnswerMegabytes", "maxAnswerMegabytes must be 1 to 512.")
        : null;

    private static WrongField? Texts(DatasourceWish wish)
    {
        if (wish.OrgId is { } org && (org.Length is 0 or > 150 || org.Any(c => c is < '!' or > '~')))
        {
            return new("orgId", "orgId must have 1 to 150 printable ASCII characters without blanks.");
        }

        if (wish is { Type: DatasourceTypes.Grafana, OrgId: { } number } && !number.All(char.IsAsciiDigit))
        {
            return new("orgId", "orgId of a Grafana is a number.");
        }

        if (wish.CaCertificate is not { } authority)
        {
            return null;
        }

        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(authority.Length <= 64 * 1024 ? authority : "");
            var count = found.Count;
            foreach (var certificate in found)
            {
                certificate.Dispose();
            }

            return count > 0 ? null : new("caCertificate", "caCertificate must be certificates in PEM, at most 64 KiB.");
        }
        catch (CryptographicException)
        {
            return new("caCertificate", "caCertificate must be certificates in PEM.");
        }
    }

    private static WrongField? Auth(DatasourceAuthWish? auth) => auth is null ? null
        : auth.Username is { } user && (user.Length is 0 or > 256 || user.Contains(':', StringComparison.Ordinal) || user.Any(char.IsControl))
            ? new("auth.username", "auth.username must have 1 to 256 characters without a colon.")
        : auth.HeaderName is { } name && (name.Length is 0 or > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || OwnHeaders.Contains(name))
            ? new("auth.headerName", "auth.headerName must be the name of a header that may carry a credential, such as X-Api-Key.")
        : !IsHeaderValue(auth.Token) ? new("auth.token", "auth.token must be printable ASCII without blanks.")
        : auth.HeaderValue.Text is { } value && value.Reveal().Any(c => c is < ' ' or > '~')
            ? new("auth.headerValue", "auth.headerValue must be printable ASCII.")
        : null;

    private static bool IsHeaderValue(GivenSecret secret) => secret.Text is not { } text || !text.Reveal().Any(c => c is < '!' or > '~');

    private static WrongField? Labels(IReadOnlyDictionary<string, string>? labels) =>
        labels is null || (labels.Count <= MaxLabels && labels.All(l => IsLabel(l.Key) && l.Value is { Length: >= 1 and <= 200 } && !l.Value.Any(char.IsControl)))
            ? null
            : new("labels", $"labels may hold {MaxLabels} entries: names as Prometheus has them, values of 1 to 200 characters.");

    private static bool IsLabel(string name) =>
        name.Length is >= 1 and <= 64 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
