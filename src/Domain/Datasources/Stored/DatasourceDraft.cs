using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>A datasource as a wish would make it, with its credentials in the clear, before anything is stored.</summary>
internal sealed record DatasourceDraft(Datasource Settings, IReadOnlyDictionary<string, SecretText> New, IReadOnlyDictionary<string, string> Kept)
{
    /// <summary>The draft, or what is wrong with the wish. Pure.</summary>
    /// <param name="before">What is stored; null for a new one.</param>
    public static (DatasourceDraft? Draft, WrongField? Wrong) Make(DatasourceWish wish, Datasource? before, string by, DateTimeOffset now)
    {
        if (DatasourceRules.Check(wish) is { } wrong)
        {
            return (null, wrong);
        }

        if (before is not null && before.Name != wish.Name)
        {
            return (null, new("name", "name cannot change, since scopes and questions call the source by it; add another one and remove this one."));
        }

        var settings = Plain(wish, before, by, now);
        return Credentials(settings, wish.Auth, before);
    }

    private static Datasource Plain(DatasourceWish wish, Datasource? before, string by, DateTimeOffset now) => new()
    {
        Id = IdOf(wish.Name!),
        Name = wish.Name!,
        Type = wish.Type!,
        Url = wish.Url is { } url ? Base(url) : null,
        ExternalUrl = wish.ExternalUrl is { } shown ? Base(shown) : null,
        Auth = wish.Through is null ? AuthOf(wish.Auth, before?.Auth ?? DatasourceAuth.Nobody) : DatasourceAuth.Nobody,
        OrgId = wish.OrgId,
        CaCertificate = wish.CaCertificate,
        TimeoutSeconds = wish.TimeoutSeconds ?? Datasource.DefaultTimeoutSeconds,
        MaxAnswerMegabytes = wish.MaxAnswerMegabytes ?? Datasource.DefaultMaxAnswerMegabytes,
        Through = wish.Through,
        Labels = wish.Labels ?? new Dictionary<string, string>(),
        Version = (before?.Version ?? 0) + 1,
        CreatedAt = before?.CreatedAt ?? now,
        CreatedBy = before?.CreatedBy ?? by,
        UpdatedAt = now,
        UpdatedBy = by,
    };

    public static string IdOf(string name) => name.ToLowerInvariant();

    private static Uri Base(string text) => new UriBuilder(text) { Path = new Uri(text).AbsolutePath.TrimEnd('/') + "/" }.Uri;

    private static DatasourceAuth AuthOf(DatasourceAuthWish? wish, DatasourceAuth before)
    {
        if (wish is null)
        {
            return before;
        }

        var kind = wish.Kind ?? Inferred(wish, before.Kind);
        return new DatasourceAuth
        {
            Kind = kind,
            Username = kind == DatasourceAuthKind.Basic ? wish.Username ?? before.Username : null,
            HeaderName = kind == DatasourceAuthKind.Header ? wish.HeaderName ?? before.HeaderName : null,
        };
    }

    private static DatasourceAuthKind Inferred(DatasourceAuthWish wish, DatasourceAuthKind before) =>
        wish.Token.Text is not null ? DatasourceAuthKind.Bearer
        : wish.Password.Text is not null || wish.Username is not null ? DatasourceAuthKind.Basic
        : wish.HeaderValue.Text is not null || wish.HeaderName is not null ? DatasourceAuthKind.Header
        : DatasourceCredentials.NeededBy(before).Any(c => wish[c].IsRemoved) ? DatasourceAuthKind.None
        : before == DatasourceAuthKind.None && wish.Certificate.Text is not null ? DatasourceAuthKind.Certificate
        : before;

    /// <summary>Which credentials are new and which stay. None stays when type or address change: it would be sent to where its owner never gave it.</summary>
    private static (DatasourceDraft?, WrongField?) Credentials(Datasource settings, DatasourceAuthWish? wish, Datasource? before)
    {
        var moved = before is not null && (before.Type != settings.Type || before.Url != settings.Url || before.Through is null != settings.Through is null);
        var given = new Dictionary<string, SecretText>(StringComparer.Ordinal);
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var credential in DatasourceCredentials.Of(settings.Auth.Kind))
        {
            var wished = wish?[credential] ?? default;
            if (wished.Text is { } text)
            {
                given[credential] = text;
            }
            else if (!wished.IsGiven && before?.Credentials.GetValueOrDefault(credential) is { } envelope)
            {
                if (moved)
                {
                    return (null, new($"auth.{credential}", $"auth.{credential} must be sent again (or null), since url or type change: a stored credential never goes to another address."));
                }

                kept[credential] = envelope;
            }
        }

        return Missing(settings.Auth, given, kept) is { } missing
            ? (null, missing)
            : (new DatasourceDraft(settings, given, kept), null);
    }

    private static WrongField? Missing(DatasourceAuth auth, Dictionary<string, SecretText> given, Dictionary<string, string> kept)
    {
        bool Has(string credential) => given.ContainsKey(credential) || kept.ContainsKey(credential);

        if (auth is { Kind: DatasourceAuthKind.Basic, Username: null })
        {
            return new("auth.username", "auth.username is missing.");
        }

        if (auth is { Kind: DatasourceAuthKind.Header, HeaderName: null })
        {
            return new("auth.headerName", "auth.headerName is missing.");
        }

        if (DatasourceCredentials.NeededBy(auth.Kind).FirstOrDefault(c => !Has(c)) is { } needed)
        {
            return new($"auth.{needed}", $"auth.{needed} is missing; set auth.kind to none to go without.");
        }

        var (certificate, key) = (DatasourceCredentials.Certificate, DatasourceCredentials.PrivateKey);
        if (Has(certificate) != Has(key) || given.ContainsKey(certificate) != given.ContainsKey(key))
        {
            return new($"auth.{(given.ContainsKey(certificate) || !Has(key) ? key : certificate)}", "auth.certificate and auth.privateKey go together.");
        }

        return given.TryGetValue(certificate, out var pem) ? DatasourceRules.Pair(pem.Reveal(), given[key].Reveal()) : null;
    }
}
