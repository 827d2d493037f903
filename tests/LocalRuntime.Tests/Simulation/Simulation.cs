using Microsoft.Data.Sqlite;
using Nightwatch.LocalRuntime.DurableTask;
using Nightwatch.Support;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>What a simulation does besides its work.</summary>
internal enum Weather
{
    /// <summary>No process dies, no write fails, no lease ends.</summary>
    Fair,

    /// <summary>Processes die between any two commits or while a commit is on its way, writes fail, clocks jump, leases end under living processes.</summary>
    Foul,
}

/// <summary>
/// Some recipes on one file, played by up to three engines whose every step is chosen by a seed: turns, activities, timers, looks for work, client calls,
/// and what goes wrong. Engines, replay and file are the real ones; only their loops and clocks are replaced, so that a seed repeats its order of events.
/// A step may run in the middle of another one, around its commit, as it would in another process.
/// </summary>
internal sealed class Simulation(IReadOnlyList<Recipe> recipes, int seed, Weather weather) : IAsyncDisposable
{
    private const int MaxProcesses = 3;
    private const int MaxRounds = 400;
    private const int MaxStepsOfRound = 2_000;
    private const int Busy = 5;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly Random random = new(seed);
    private readonly SimulatedClock clock = new();
    private readonly ScratchDirectory scratch = ScratchDirectory.InMemory();
    private readonly RecipeFunctions functions = new();
    private readonly List<SimulatedProcess> processes = [];
    private readonly SimulatedClient client = new(recipes);
    private bool draining;
    private int depth;

    /// <summary>How often each activity call was run.</summary>
    public IReadOnlyDictionary<string, int> Ran => functions.Ran;

    /// <summary>Plays to the end and checks it: each result is what its recipe says, and nothing is left in the file.</summary>
    public async Task RunAsync()
    {
        for (var steps = random.Next(20, 200); steps > 0; steps--)
        {
            await StepAsync();
            await SettleAsync();
            if (random.Next(20) == 0 && processes.Count > 0)
            {
                // Between two steps the file makes sense, whoever has died before.
                StoredOutcome.AssertSound(processes[0].Store, Describe());
            }
        }

        draining = true;
        await DrainAsync();
        StoredOutcome.AssertRight(processes[0].Store, recipes, Describe());
        StoredOutcome.AssertSound(processes[0].Store, Describe());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        scratch.Dispose();
    }

    private async Task StepAsync()
    {
        if (processes.All(process => process.IsDead))
        {
            await StartAsync();
            return;
        }

        var living = processes.Where(process => !process.IsDead).ToList();
        var process = living[random.Next(living.Count)];
        var roll = random.Next(100);
        await SurvivingAsync(process, roll switch
        {
            < 40 => process.TurnAsync,
            < 60 => process.ActivityAsync,
            < 70 => process.LookAsync,
            < 76 => process.FireTimersAsync,
            < 90 => () => client.DoAsync(process.Client, random),
            < 96 => PassTimeAsync,
            < 98 when depth == 0 && living.Count < MaxProcesses => StartAsync,
            _ when weather == Weather.Foul && random.Next(3) == 0 => () => Die(process),
            _ => process.TurnAsync,
        });
    }

    private static async Task SurvivingAsync(SimulatedProcess process, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (SqliteException)
        {
            // A loop of the engine logs it and goes on.
        }
        catch (ProcessDiedException)
        {
            Assert.True(process.IsDead);
        }
    }

    private static Task Die(SimulatedProcess process)
    {
        process.Die();
        return Task.CompletedTask;
    }

    private async Task PassTimeAsync()
    {
        if (weather == Weather.Foul)
        {
            TimeSpan[] jumps = [TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1), Lease / 2, Lease * 1.5];
            clock.Advance(jumps[random.Next(jumps.Length)]);
            return;
        }

        clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 2_000)));
        foreach (var process in processes)
        {
            await process.LookAsync();
        }
    }

    private async Task StartAsync()
    {
        var options = new DurableEngineOptions
        {
            Path = scratch.File("durable.db"),
            Time = clock,
            LeaseTime = clock,
            Lease = Lease,
            RetryPause = TimeSpan.Zero,
            MaxConcurrentActivities = random.Next(1, 3),
            MaxCachedInstances = random.Next(1, 20),
            ExtendedSessions = random.Next(2) == 0,
            MaxTakeovers = 100_000,
        };
        var process = new SimulatedProcess(options, functions.Functions, AtCommit);
        try
        {
            await process.StartAsync();
            processes.Add(process);
        }
        catch (Exception failure) when (failure is SqliteException or ProcessDiedException)
        {
            process.Die();
            await process.DisposeAsync();
        }
    }

    // Between what an engine decided and its commit, and between the commit and what it remembers of it, the others go on.
    private void AtCommit(SimulatedProcess process, CommitPoint point)
    {
        var roll = draining ? 100 : random.Next(100);
        if (weather == Weather.Foul && roll < 2)
        {
            process.Die();
        }
        else if (weather == Weather.Foul && roll < 4)
        {
            throw new SqliteException("The simulation lets this write fail.", Busy);
        }
        else if (roll < 20 && depth < 2 && processes.Contains(process))
        {
            depth++;
            StepAsync().GetAwaiter().GetResult();
            depth--;
        }
    }

    private async Task SettleAsync()
    {
        foreach (var process in processes)
        {
            await process.SettleAsync();
        }

        foreach (var dead in processes.Where(process => process.IsDead).ToList())
        {
            processes.Remove(dead);
            await dead.DisposeAsync();
        }
    }

    private async Task DrainAsync()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            await SettleAsync();
            if (processes.Count == 0)
            {
                await StartAsync();
            }

            if (await RoundAsync())
            {
                continue;
            }

            if (client.IsDone && StoredOutcome.Unended(processes[0].Store) == 0)
            {
                return;
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail($"{StoredOutcome.Unended(processes[0].Store)} instances never ended: {StoredOutcome.Waiting(processes[0].Store)} {Describe()}");
    }

    private async Task<bool> RoundAsync()
    {
        var worked = false;
        foreach (var process in processes)
        {
            await client.FinishAsync(process.Client);
            await process.LookAsync();
            await process.FireTimersAsync();
            for (var steps = 0; await process.TurnAsync() || await process.ActivityAsync(); steps++)
            {
                Assert.True(steps < MaxStepsOfRound, $"A process does the same again and again. {Describe()}");
                await process.SettleAsync();
                worked = true;
            }
        }

        return worked;
    }

    private string Describe() => $"Seed {seed}, {weather}: {string.Join(" // ", recipes)}";
}
