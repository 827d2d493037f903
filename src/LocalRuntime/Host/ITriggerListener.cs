namespace Nightwatch.LocalRuntime.Host;

/// <summary>A kind of trigger that the host listens for from its start to its stop.</summary>
internal interface ITriggerListener
{
    /// <summary>Refuses, before anything runs, what can be seen to be wrong.</summary>
    void Validate();

    /// <summary>Runs until told to stop; what it started may still run then.</summary>
    Task RunAsync(CancellationToken stop);
}
