namespace Microsoft.DurableTask;

/// <summary>How an orchestration starts over with an empty history.</summary>
public class ContinueAsNewOptions
{
    public object? NewInput { get; set; }

    /// <summary>The version of the next run; the present one when null.</summary>
    public string? NewVersion { get; set; }

    /// <summary>Whether events that nobody waited for are given to the next run.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;
}
