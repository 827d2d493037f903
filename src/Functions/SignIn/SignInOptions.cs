using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance.SignIn;

namespace Nightwatch.Functions.SignIn;

/// <summary>How browsers reach us, and whether the platform signs people in before we see them.</summary>
public sealed class SignInOptions
{
    /// <summary>Key NIGHTWATCH_PUBLIC_URL: scheme, host and port as the browser's address line has them.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// Key NIGHTWATCH_PLATFORM_AUTH=easyauth, and the platform's own flag WEBSITE_AUTH_ENABLED=true: only then does App Service remove X-MS-* headers that
    /// callers made up.
    /// </summary>
    public bool PlatformSignsIn { get; set; }

    /// <summary>Where providers send the browser back to; register it with them.</summary>
    public Uri RedirectUri => new(PublicUrl!, "api/sign-in/callback");

    /// <summary>What browsers send as Origin from our own page.</summary>
    public string? Origin => PublicUrl?.GetLeftPart(UriPartial.Authority);

    public bool Secure => PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static void Read(IConfiguration configuration, SignInOptions options)
    {
        var wrong = new List<string>();
        if (configuration["NIGHTWATCH_PUBLIC_URL"] is { } text && !string.IsNullOrWhiteSpace(text))
        {
            options.PublicUrl = ReadPublicUrl(text.Trim());
            if (options.PublicUrl is null)
            {
                wrong.Add("NIGHTWATCH_PUBLIC_URL must be an https address without a path, such as https://nightwatch.example (http only for this machine).");
            }
        }

        var platform = configuration["NIGHTWATCH_PLATFORM_AUTH"];
        if (!string.IsNullOrWhiteSpace(platform) && platform != "easyauth")
        {
            wrong.Add("NIGHTWATCH_PLATFORM_AUTH must be easyauth, or be left out.");
        }

        options.PlatformSignsIn = platform == "easyauth" && bool.TryParse(configuration["WEBSITE_AUTH_ENABLED"], out var enabled) && enabled;
        if (wrong.Count > 0)
        {
            throw new OptionsValidationException(nameof(SignInOptions), typeof(SignInOptions), wrong);
        }
    }

    private static Uri? ReadPublicUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url.AbsolutePath == "/" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url
            : null;
}

/// <summary>Refuses to start when people are to sign in and nobody said where they come from.</summary>
public sealed class SignInOptionsValidator(ISignInProviders providers) : IValidateOptions<SignInOptions>
{
    public ValidateOptionsResult Validate(string? name, SignInOptions options) =>
        options.PublicUrl is null && (providers.Names.Count > 0 || options.PlatformSignsIn)
            ? ValidateOptionsResult.Fail("NIGHTWATCH_PUBLIC_URL is missing: sign-in needs the address that browsers reach this service at, such as https://nightwatch.example.")
            : ValidateOptionsResult.Success;
}
