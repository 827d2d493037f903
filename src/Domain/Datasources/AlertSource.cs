namespace Nightwatch.Domain.Datasources;

/// <summary>An alert as the alerting system holds it now. State is active, suppressed or unprocessed.</summary>
public sealed record ActiveAlert
{
    public required string Fingerprint { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>In the future while the alert fires.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string State { get; init; }

    public IReadOnlyList<string> SilencedBy { get; init; } = [];

    public IReadOnlyList<string> InhibitedBy { get; init; } = [];

    public string? GeneratorUrl { get; init; }
}

public sealed record AlertSilence
{
    public required string Id { get; init; }

    /// <summary>pending, active or expired.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<SilenceMatcher> Matchers { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public string CreatedBy { get; init; } = "";

    public string Comment { get; init; } = "";
}

/// <summary>One condition on a label: value or anchored regular expression, equal or not equal. An absent label has the value "".</summary>
public sealed record SilenceMatcher(string Name, string Value, bool IsRegex, bool IsEqual);

/// <summary>
/// The system that sends the alerts, asked for what it knows now. Every method throws <see cref="SourceException"/> for a failure of the source.
/// </summary>
public interface IAlertSource : IDatasource
{
    /// <summary>A page where a person sees the alerts, and one for the silences; null where there is none.</summary>
    Uri? AlertsPage => null;

    Uri? SilencesPage => null;

    /// <summary>Every alert it holds, silenced and inhibited ones included.</summary>
    Task<IReadOnlyList<ActiveAlert>> ListAlertsAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<AlertSilence>> ListSilencesAsync(CancellationToken cancellationToken);
}
