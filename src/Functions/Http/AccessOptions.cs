using Microsoft.Extensions.Options;

namespace Nightwatch.Functions.Http;

/// <summary>Who may call. Tokens are known by their SHA-256 only.</summary>
public sealed class AccessOptions
{
    /// <summary>Lower-case hexadecimal SHA-256 hashes of the tokens that may send alerts, separated by commas. Key NIGHTWATCH_INTAKE_TOKEN_SHA256.</summary>
    public IReadOnlyList<string> IntakeTokenHashes { get; set; } = [];

    /// <summary>The same for tokens that may read. Key NIGHTWATCH_READ_TOKEN_SHA256.</summary>
    public IReadOnlyList<string> ReadTokenHashes { get; set; } = [];

    /// <summary>The same for tokens that may do everything, for the first steps: making service tokens. Key NIGHTWATCH_ADMIN_TOKEN_SHA256.</summary>
    public IReadOnlyList<string> AdminTokenHashes { get; set; } = [];

    public bool IsEmpty => IntakeTokenHashes.Count + ReadTokenHashes.Count + AdminTokenHashes.Count == 0;

    /// <summary>
    /// Key NIGHTWATCH_DEVELOPMENT=loopback: a request without credentials that comes from this machine, to a loopback address, may do everything.
    /// </summary>
    public bool AllowLoopbackWithoutCredentials { get; set; }

    public static IReadOnlyList<string> ParseHashes(string? value) =>
        (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(h => h.ToLowerInvariant()).ToList();

    /// <exception cref="OptionsValidationException">The value is neither empty nor loopback: whoever wrote "true" expects something that is not so.</exception>
    public static bool ParseDevelopment(string? value) => value switch
    {
        null or "" => false,
        "loopback" => true,
        _ => throw new OptionsValidationException(nameof(AccessOptions), typeof(AccessOptions), ["NIGHTWATCH_DEVELOPMENT must be loopback, or be left out."]),
    };
}

/// <summary>Refuses to start with a token setting that could never match.</summary>
public sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var settings = new[]
        {
            ("NIGHTWATCH_INTAKE_TOKEN_SHA256", options.IntakeTokenHashes),
            ("NIGHTWATCH_READ_TOKEN_SHA256", options.ReadTokenHashes),
            ("NIGHTWATCH_ADMIN_TOKEN_SHA256", options.AdminTokenHashes),
        };
        var wrong = settings
            .Where(setting => !setting.Item2.All(IsHash))
            .Select(setting => $"{setting.Item1} takes SHA-256 hashes, 64 hexadecimal digits each, separated by commas: printf %s TOKEN | sha256sum.")
            .ToList();
        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }

    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);
}
