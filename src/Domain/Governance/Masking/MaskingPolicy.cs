namespace Nightwatch.Domain.Governance.Masking;

/// <summary>Which classes are masked, and the owner's own patterns.</summary>
public sealed record MaskingPolicy
{
    public const int MaxCustomPatterns = 32;

    /// <summary>Everything but IP addresses, which operators need to see.</summary>
    public static MaskingPolicy Default { get; } = new();

    public SensitiveData Classes { get; init; } = SensitiveData.Credentials | SensitiveData.Personal | SensitiveData.Custom;

    /// <summary>At most <see cref="MaxCustomPatterns"/>, each made by <see cref="CustomPattern.TryCreate"/>.</summary>
    public IReadOnlyList<CustomPattern> Custom { get; init; } = [];

    public bool Covers(SensitiveData kind) => (Classes & kind) != 0;
}
