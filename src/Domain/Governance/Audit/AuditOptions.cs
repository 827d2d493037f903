using Microsoft.Extensions.Options;

namespace Nightwatch.Domain.Governance.Audit;

/// <summary>How the trail is kept.</summary>
public sealed class AuditOptions
{
    public const int MinKeyBytes = 32;

    /// <summary>The key that new records are authenticated with, in base64; null leaves the trail without evidence of tampering. Key NIGHTWATCH_AUDIT_KEY.</summary>
    public string? Key { get; set; }

    /// <summary>Keys of before, for verification. Key NIGHTWATCH_AUDIT_KEY_PREVIOUS, separated by commas.</summary>
    public IReadOnlyList<string> PreviousKeys { get; set; } = [];

    /// <summary>How long a record is kept, in days. Key NIGHTWATCH_AUDIT_RETENTION_DAYS.</summary>
    public int RetentionDays { get; set; } = 400;
}

/// <summary>Refuses to start with a key that protects nothing. Never shows one.</summary>
public sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        var wrong = new List<string>();
        if (options.Key is not null && !IsKey(options.Key))
        {
            wrong.Add($"NIGHTWATCH_AUDIT_KEY takes at least {AuditOptions.MinKeyBytes} random bytes in base64: head -c 32 /dev/urandom | base64.");
        }

        if (!options.PreviousKeys.All(IsKey))
        {
            wrong.Add("NIGHTWATCH_AUDIT_KEY_PREVIOUS takes former values of NIGHTWATCH_AUDIT_KEY, separated by commas.");
        }

        if (options.RetentionDays is < 1 or > 3660)
        {
            wrong.Add("NIGHTWATCH_AUDIT_RETENTION_DAYS takes a number of days, 1 to 3660.");
        }

        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
    }

    private static bool IsKey(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= AuditOptions.MinKeyBytes;
    }
}
