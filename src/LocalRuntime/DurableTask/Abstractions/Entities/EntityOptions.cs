namespace Microsoft.DurableTask.Entities;

/// <summary>Options of a call to an entity; there are none yet.</summary>
public record CallEntityOptions;

/// <summary>Options of a signal to an entity.</summary>
public record SignalEntityOptions
{
    /// <summary>When the signal is to be delivered; at once when null or past.</summary>
    public DateTimeOffset? SignalTime { get; init; }

    public static implicit operator SignalEntityOptions(DateTimeOffset value) => new() { SignalTime = value };
}
