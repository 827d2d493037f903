using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Adapters.OpenIdConnect.Tokens;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>Reads SIGNIN__{name}__ISSUER and its neighbours. A wrong one stops the start; every one is named, and no secret is repeated.</summary>
internal sealed class SignInSettings
{
    private const string Section = "SIGNIN";

    private static readonly string[] Keys =
        ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "AUDIENCES", "ALGORITHMS", "TENANT_IDS", "GROUPS_CLAIM", "ROLES_CLAIM", "NAME_CLAIM", "SCOPES", "CLOCK_SKEW_SECONDS"];

    private readonly List<string> wrong = [];

    /// <exception cref="OptionsValidationException">With one line for each setting that is wrong.</exception>
    public static IReadOnlyList<IdentityProvider> Read(IConfiguration configuration)
    {
        var settings = new SignInSettings();
        var found = configuration.GetSection(Section).GetChildren().Select(settings.ReadProvider).OfType<IdentityProvider>().ToList();
        foreach (var twice in found.GroupBy(p => p.Issuer, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            settings.wrong.Add($"{Section}:{twice.Last().Name}:ISSUER is also the issuer of {twice.First().Name}; give each issuer one name.");
        }

        return settings.wrong.Count == 0 ? found : throw new OptionsValidationException(Section, typeof(IdentityProvider), settings.wrong);
    }

    private IdentityProvider? ReadProvider(IConfigurationSection section)
    {
        var before = wrong.Count;
        var name = section.Key;
        Check(name.Length <= 32 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'), section.Path, "must have a name of at most 32 letters, digits, dashes and underscores");
        foreach (var stranger in section.GetChildren().Where(child => !Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            Check(false, stranger.Path, $"is no setting; there are {string.Join(", ", Keys)}");
        }

        var provider = new IdentityProvider
        {
            Name = name,
            Issuer = section["ISSUER"]?.Trim() ?? "",
            ClientId = Optional(section, "CLIENT_ID"),
            ClientSecret = Optional(section, "CLIENT_SECRET"),
            Audiences = List(section, "AUDIENCES", []),
            Algorithms = List(section, "ALGORITHMS", ["RS256", "PS256", "ES256"]),
            TenantIds = [.. List(section, "TENANT_IDS", []).Select(id => id.ToLowerInvariant())],
            GroupsClaim = Optional(section, "GROUPS_CLAIM") ?? "groups",
            RolesClaim = Optional(section, "ROLES_CLAIM") ?? "roles",
            NameClaim = Optional(section, "NAME_CLAIM") ?? "name",
            Scopes = List(section, "SCOPES", ["openid", "profile", "email"]),
            ClockSkew = TimeSpan.FromSeconds(ReadSkew(section)),
        };
        CheckIssuer(provider, section.Path);
        CheckRest(provider, section.Path);
        return wrong.Count == before ? provider : null;
    }

    private void CheckIssuer(IdentityProvider provider, string path)
    {
        var key = path + ":ISSUER";
        var text = provider.Issuer.Replace(IdentityProvider.TenantPlaceholder, Guid.Empty.ToString(), StringComparison.Ordinal);
        if (text.Length == 0)
        {
            Check(false, key, "is missing");
            return;
        }

        var url = Uri.TryCreate(text, UriKind.Absolute, out var parsed) && text.All(c => c is > ' ' and <= '~' and not ('{' or '}' or '\\')) ? parsed : null;
        Check(url is not null && ProviderMetadata.IsSafe(url), key, "must be an https address as the tokens have it (http only for this machine; {tenantid} stands for Entra's tenant)");
        Check(url is null || (url.Query.Length == 0 && url.Fragment.Length == 0), key, "must have no query and no fragment");
        Check(!provider.IsTemplate || provider.TenantIds.Count > 0, path + ":TENANT_IDS", "must list the tenants that may come in, because ISSUER has {tenantid} in it");
    }

    private void CheckRest(IdentityProvider provider, string path)
    {
        Check(provider.ClientId is not null || provider.Audiences.Count > 0, path, "does nothing: set CLIENT_ID to sign in with it, AUDIENCES to accept its tokens, or both");
        Check(provider.ClientSecret is null || provider.ClientId is not null, path + ":CLIENT_ID", "is missing although CLIENT_SECRET is set");
        Check(IsText(provider.ClientId), path + ":CLIENT_ID", "must be printable ASCII");
        Check(IsText(provider.ClientSecret), path + ":CLIENT_SECRET", "must be printable ASCII");
        Check(provider.Scopes.Contains("openid", StringComparer.Ordinal), path + ":SCOPES", "must hold openid");
        Check(provider.TenantIds.All(id => Guid.TryParseExact(id, "D", out _)), path + ":TENANT_IDS", "must be tenant ids, such as 72f988bf-86f1-41af-91ab-2d7cd011db47");
        foreach (var algorithm in provider.Algorithms.Where(a => SignatureAlgorithm.Find(a) is null))
        {
            Check(false, path + ":ALGORITHMS", $"holds {IdentityFromClaims.Readable(algorithm)}; there are RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512");
        }
    }

    private int ReadSkew(IConfigurationSection section)
    {
        var text = section["CLOCK_SKEW_SECONDS"];
        var most = (int)IdentityProvider.MostClockSkew.TotalSeconds;
        var seconds = 60;
        Check(
            string.IsNullOrWhiteSpace(text) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds <= most),
            section.Path + ":CLOCK_SKEW_SECONDS", $"must be a whole number from 0 to {most}");
        return seconds;
    }

    private void Check(bool good, string key, string why)
    {
        if (!good)
        {
            wrong.Add($"{key} {why}.");
        }
    }

    private static string? Optional(IConfigurationSection section, string key) => string.IsNullOrWhiteSpace(section[key]) ? null : section[key]!.Trim();

    private static bool IsText(string? value) => value is null || value.All(c => c is >= ' ' and <= '~');

    private static string[] List(IConfigurationSection section, string key, string[] fallback) =>
        Optional(section, key) is { } text ? text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : fallback;
}
