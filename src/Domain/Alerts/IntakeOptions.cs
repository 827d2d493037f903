namespace Nightwatch.Domain.Alerts;

/// <summary>What the intake takes. Everything from outside is bounded; the defaults are far above what Alertmanager sends.</summary>
public sealed class IntakeOptions
{
    /// <summary>Bytes of one body.</summary>
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Alerts in one body.</summary>
    public int MaxAlerts { get; set; } = 10_000;

    public int MaxLabels { get; set; } = 64;

    /// <summary>UTF-16 units of a label's or annotation's name.</summary>
    public int MaxNameLength { get; set; } = 256;

    /// <summary>UTF-16 units. A longer label value is refused: it is part of the alert's identity.</summary>
    public int MaxLabelValueLength { get; set; } = 4 * 1024;

    /// <summary>UTF-16 units of all label values of an alert. With the annotations' bound it keeps an alert far below what a store takes as one document (2 MB).</summary>
    public int MaxLabelsLength { get; set; } = 128 * 1024;

    public int MaxAnnotations { get; set; } = 64;

    /// <summary>UTF-16 units. A longer annotation is cut, since it only informs.</summary>
    public int MaxAnnotationLength { get; set; } = 16 * 1024;

    /// <summary>UTF-16 units of all annotations of an alert; what is beyond is cut.</summary>
    public int MaxAnnotationsLength { get; set; } = 64 * 1024;

    /// <summary>How far in the future an alert may start.</summary>
    public TimeSpan MaxFuture { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Rounds of re-reading and redoing what a competitor changed first, before the sender is told to try again.</summary>
    public int MaxAttempts { get; set; } = 10;
}
