namespace Nightwatch.Domain.Alerts;

/// <summary>The form of an intake's body.</summary>
public enum AlertFormat
{
    /// <summary>Alertmanager's webhook, version 4.</summary>
    Alertmanager,

    /// <summary>The webhook contact point of Grafana's unified alerting.</summary>
    Grafana,

    /// <summary>Our own documented form, see docs/alerts-api.md.</summary>
    Generic,
}

public static class AlertSources
{
    public const string Alertmanager = "alertmanager";
    public const string Grafana = "grafana";
    public const string Generic = "generic";

    /// <summary>The name under which alerts of a format are stored.</summary>
    public static string NameOf(AlertFormat format) => format switch
    {
        AlertFormat.Alertmanager => Alertmanager,
        AlertFormat.Grafana => Grafana,
        _ => Generic,
    };
}
