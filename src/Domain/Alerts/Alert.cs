namespace Nightwatch.Domain.Alerts;

public enum AlertStatus
{
    Firing,
    Resolved,
}

/// <summary>One alert as a webhook delivered it, already validated and bounded.</summary>
public sealed record Alert
{
    /// <summary>16 hexadecimal digits; the sender's own, or the one computed from the labels as Prometheus does.</summary>
    public required string Fingerprint { get; init; }

    public required AlertStatus Status { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ended; set exactly when <see cref="Status"/> is resolved.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Where the alert was made: Prometheus' graph page, with the expression in <c>g0.expr</c>.</summary>
    public string? GeneratorUrl { get; init; }

    /// <summary>Alertmanager's groupKey, when the alert came in a group.</summary>
    public string? GroupKey { get; init; }

    /// <summary>The name of the intake: alertmanager, grafana or generic.</summary>
    public required string Source { get; init; }

    public string Name => Labels.GetValueOrDefault("alertname", "alert");
}
