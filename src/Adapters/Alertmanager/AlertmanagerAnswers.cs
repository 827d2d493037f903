namespace Nightwatch.Adapters.Alertmanager;

/// <summary>gettableAlert of Alertmanager's OpenAPI document, the fields that we use.</summary>
internal sealed record AlertAnswer
{
    public required string Fingerprint { get; init; }

    public required Dictionary<string, string> Labels { get; init; }

    public Dictionary<string, string> Annotations { get; init; } = [];

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required AlertStatusAnswer Status { get; init; }

    public string? GeneratorURL { get; init; }
}

internal sealed record AlertStatusAnswer
{
    public required string State { get; init; }

    public List<string>? SilencedBy { get; init; }

    public List<string>? InhibitedBy { get; init; }
}

/// <summary>gettableSilence.</summary>
internal sealed record SilenceAnswer
{
    public required string Id { get; init; }

    public required SilenceStatusAnswer Status { get; init; }

    public required List<MatcherAnswer> Matchers { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }
}

internal sealed record SilenceStatusAnswer
{
    public required string State { get; init; }
}

/// <summary>Versions before 0.22 do not send isEqual; it means true.</summary>
internal sealed record MatcherAnswer
{
    public required string Name { get; init; }

    public required string Value { get; init; }

    public bool IsRegex { get; init; }

    public bool? IsEqual { get; init; }
}

internal sealed record StatusReport(VersionReport? VersionInfo = null);

internal sealed record VersionReport(string? Version = null);
