using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>Random orchestrations under random orders of events come to what their recipes say. A failure prints a small recipe and its seed.</summary>
public sealed class SimulationTests
{
    private static readonly bool All = Environment.GetEnvironmentVariable("NIGHTWATCH_ALL") == "1";

    [Fact]
    public void Results_WhateverGoesWrong_AreTheRecipes() => Check.One(
        Configured(All ? 10_000 : 250), Prop.ForAll(Cases, one => Play(one, Weather.Foul)));

    [Fact]
    public void Activities_WhenNothingGoesWrong_RunOnce() => Check.One(
        Configured(All ? 2_000 : 80), Prop.ForAll(Cases, one => AssertRanOnce(one, Play(one, Weather.Fair))));

    private static Arbitrary<SimulationCase> Cases => Arb.From(
        from count in Gen.Choose(1, 3)
        from recipes in Gen.ArrayOf(RecipeGenerator.Recipes, count)
        from seed in Gen.Choose(0, int.MaxValue)
        select new SimulationCase(recipes, seed),
        one => one.Shrink());

    // On the pool: steps wait for steps, which the few threads of the test runner would not bear.
    private static IReadOnlyDictionary<string, int> Play(SimulationCase one, Weather weather) => Task.Run(() => PlayAsync(one, weather)).GetAwaiter().GetResult();

    private static async Task<IReadOnlyDictionary<string, int>> PlayAsync(SimulationCase one, Weather weather)
    {
        await using var simulation = new Simulation(one.Recipes, one.Seed, weather);
        await simulation.RunAsync();
        return simulation.Ran;
    }

    private static void AssertRanOnce(SimulationCase one, IReadOnlyDictionary<string, int> ran)
    {
        var expected = one.Recipes.Sum(recipe => recipe.Runs.SelectMany(run => run).Sum(Runs));
        Assert.Equal(expected, ran.Values.Sum());
    }

    private static int Runs(Step step) => step switch
    {
        Call or Race => 1,
        Fail fail => fail.Attempts,
        Flaky flaky => flaky.Times + 1,
        Parallel parallel => parallel.Steps.Sum(Runs),
        Sub sub => sub.Inner.Runs.SelectMany(run => run).Sum(Runs),
        _ => 0,
    };

    // The same cases each time: what fails once fails again.
    private static Config Configured(int cases) => Config.QuickThrowOnFailure
        .WithMaxTest(cases)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(2026, 1121), FSharpOption<int>.None)));

    private sealed record SimulationCase(IReadOnlyList<Recipe> Recipes, int Seed)
    {
        public IEnumerable<SimulationCase> Shrink()
        {
            for (var i = 0; i < Recipes.Count; i++)
            {
                if (Recipes.Count > 1)
                {
                    yield return this with { Recipes = [.. Recipes.Where((_, at) => at != i)] };
                }

                foreach (var smaller in RecipeGenerator.Shrink(Recipes[i]))
                {
                    yield return this with { Recipes = [.. Recipes.Select((recipe, at) => at == i ? smaller : recipe)] };
                }
            }
        }

        public override string ToString() => $"seed {Seed}: {string.Join(" // ", Recipes)}";
    }
}
