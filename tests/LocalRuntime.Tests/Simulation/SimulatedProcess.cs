using Microsoft.DurableTask.Client;
using Nightwatch.LocalRuntime.DurableTask;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>One process of a simulation: an engine without loops of its own. Once dead, nothing that it does reaches the file.</summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private readonly Action<SimulatedProcess, CommitPoint> atCommit;
    private readonly DurableEngine engine;
    private EngineSteps? steps;
    private bool looks;

    public SimulatedProcess(DurableEngineOptions options, IDurableInvoker functions, Action<SimulatedProcess, CommitPoint> atCommit)
    {
        this.atCommit = atCommit;
        engine = new DurableEngine(options with { Faults = Strike }, functions);
    }

    public bool IsDead { get; private set; }

    public DurableTaskClient Client => engine.Client;

    public DurableStore Store => engine.Store;

    public async Task StartAsync() => steps = await engine.StartStepwiseAsync();

    public void Die() => IsDead = true;

    public Task<bool> TurnAsync() => steps!.TurnAsync();

    public Task<bool> ActivityAsync() => steps!.ActivityAsync();

    public Task SettleAsync() => steps!.SettleAsync();

    public Task FireTimersAsync() => steps!.FireTimersAsync();

    /// <summary>A process looks from one loop: a look inside a look does nothing.</summary>
    public async Task LookAsync()
    {
        if (looks)
        {
            return;
        }

        looks = true;
        try
        {
            await steps!.LookAsync();
        }
        finally
        {
            looks = false;
        }
    }

    /// <summary>Ends as a killed process would: its lease stays until it is over.</summary>
    public async ValueTask DisposeAsync() => await engine.AbandonAsync();

    private void Strike(CommitPoint point)
    {
        if (!IsDead)
        {
            atCommit(this, point);
        }

        if (IsDead)
        {
            throw new ProcessDiedException();
        }
    }
}

/// <summary>The process is gone; whatever it was about to do does not happen.</summary>
internal sealed class ProcessDiedException : Exception;
