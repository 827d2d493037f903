using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>The outside: starts each recipe, sends its events in any order, suspends and resumes. What may not have arrived it does again.</summary>
internal sealed class SimulatedClient
{
    private readonly List<(int Recipe, Func<DurableTaskClient, Task> Do)> open = [];
    private readonly HashSet<int> started = [];
    private readonly HashSet<int> suspended = [];

    public SimulatedClient(IReadOnlyList<Recipe> recipes)
    {
        for (var i = 0; i < recipes.Count; i++)
        {
            var (recipe, id) = (i, IdOf(i));
            open.Add((recipe, client => StartAsync(client, recipe, recipes[recipe])));
            open.AddRange(recipes[i].Events().Select(one => (recipe, (Func<DurableTaskClient, Task>)(client =>
                client.RaiseEventAsync(id, RecipeFunctions.EventName(one.Id), one.Value)))));
        }
    }

    public bool IsDone => open.Count == 0 && suspended.Count == 0;

    public static string IdOf(int recipe) => $"recipe-{recipe}";

    /// <summary>One call, chosen at random among those that make sense.</summary>
    public Task DoAsync(DurableTaskClient client, Random random)
    {
        if (started.Count > 0 && random.Next(6) == 0)
        {
            var recipe = started.ElementAt(random.Next(started.Count));
            return suspended.Contains(recipe) ? ResumeAsync(client, recipe) : SuspendAsync(client, recipe);
        }

        var possible = open.Where(call => started.Contains(call.Recipe) || call == open.First(first => first.Recipe == call.Recipe)).ToList();
        return possible.Count == 0 ? Task.CompletedTask : CallAsync(client, possible[random.Next(possible.Count)]);
    }

    /// <summary>All that is left.</summary>
    public async Task FinishAsync(DurableTaskClient client)
    {
        foreach (var recipe in suspended.ToList())
        {
            await ResumeAsync(client, recipe);
        }

        foreach (var call in open.ToList())
        {
            await CallAsync(client, call);
        }
    }

    private async Task CallAsync(DurableTaskClient client, (int Recipe, Func<DurableTaskClient, Task> Do) call)
    {
        try
        {
            await call.Do(client);
        }
        catch (InvalidOperationException)
        {
            // It exists already, or has ended: an earlier try arrived though its answer was lost.
        }

        started.Add(call.Recipe);
        open.Remove(call);
    }

    private async Task SuspendAsync(DurableTaskClient client, int recipe)
    {
        suspended.Add(recipe);
        try
        {
            await IgnoringEndAsync(client.SuspendInstanceAsync(IdOf(recipe)));
        }
        finally
        {
            // Another step may have resumed it while this call was on its way.
            suspended.Add(recipe);
        }
    }

    private async Task ResumeAsync(DurableTaskClient client, int recipe)
    {
        await IgnoringEndAsync(client.ResumeInstanceAsync(IdOf(recipe)));
        suspended.Remove(recipe);
    }

    private static async Task IgnoringEndAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (InvalidOperationException)
        {
            // The instance has ended meanwhile.
        }
    }

    private static Task StartAsync(DurableTaskClient client, int number, Recipe recipe) => client.ScheduleNewOrchestrationInstanceAsync(
        RecipeFunctions.Orchestrator,
        new RecipeFunctions.Job(recipe, 0, 0, null, null),
        new StartOrchestrationOptions(IdOf(number)).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]));
}
