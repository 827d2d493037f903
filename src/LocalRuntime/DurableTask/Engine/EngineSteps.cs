namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>The engine's work one step at a time, each awaited to its end, so that a simulation can choose and repeat an order of events.</summary>
internal sealed class EngineSteps(TurnRunner turns, ActivityRunner activities, TimerService timers, Housekeeper housekeeper)
{
    /// <summary>Plays one turn. False when no instance waits for one.</summary>
    public Task<bool> TurnAsync() => turns.StepAsync();

    /// <summary>Runs one activity. False when none waits.</summary>
    public Task<bool> ActivityAsync() => activities.StepAsync();

    /// <summary>Fires the timers that are due.</summary>
    public Task FireTimersAsync() => timers.FireAsync();

    /// <summary>Renews the lease and looks for work that others left.</summary>
    public Task LookAsync() => housekeeper.LookAsync();

    /// <summary>Waits for what a step has set off beside it. Not for a step inside another one, which it may be waiting for itself.</summary>
    public Task SettleAsync() => activities.Claiming;
}
