using FsCheck;
using FsCheck.Fluent;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>Random recipes for FsCheck, and smaller ones of a recipe that went wrong.</summary>
internal static class RecipeGenerator
{
    private const int MaxDepth = 2;

    public static Gen<Recipe> Recipes => Of(0, true).Select(Numbered);

    /// <summary>Recipes with one thing left out, the largest omissions first.</summary>
    public static IEnumerable<Recipe> Shrink(Recipe recipe)
    {
        foreach (var runs in Without(recipe.Runs).Where(runs => runs.Count > 0))
        {
            yield return recipe with { Runs = runs };
        }

        for (var i = 0; i < recipe.Runs.Count; i++)
        {
            foreach (var steps in ShrinkSteps(recipe.Runs[i]))
            {
                yield return recipe with { Runs = Replaced(recipe.Runs, i, steps) };
            }
        }
    }

    private static Gen<Recipe> Of(int depth, bool outer) =>
        from runs in Gen.Frequency((depth == 0 ? 4 : 9, Gen.Constant(1)), (1, Gen.Constant(2)), (depth == 0 ? 1 : 0, Gen.Constant(3)))
        from rows in Gen.ArrayOf(Row(depth, outer), runs)
        select new Recipe(rows);

    private static Gen<IReadOnlyList<Step>> Row(int depth, bool outer) =>
        from count in Gen.Choose(0, depth == 0 ? 5 : 3)
        from steps in Gen.ArrayOf(Step(depth, outer, true), count)
        select (IReadOnlyList<Step>)steps;

    // One critical section at a time, and no other calls meanwhile: steps side by side take no locks.
    private static Gen<Step> Step(int depth, bool outer, bool alone)
    {
        var nested = depth < MaxDepth ? 2 : 0;
        return Gen.Frequency(
            (4, Gen.Choose(1, 1000).Select(Step (value) => new Call(0, value))),
            (1, Gen.Choose(1, 3).Select(Step (attempts) => new Fail(0, attempts))),
            (2, Gen.Choose(1, 3).SelectMany(times => Gen.Elements(true, false).Select(Step (handler) => new Flaky(0, times, handler)))),
            (2, Gen.Choose(1, 5_000).Select(Step (milliseconds) => new Sleep(0, milliseconds))),
            (1, Gen.Choose(1, 1000).Select(Step (value) => new Race(0, value))),
            (2, Gen.Choose(1, 1000).SelectMany(value => Gen.Elements(alone, false).Select(Step (locked) => new Tally(0, value, locked)))),
            (outer ? 3 : 0, Gen.Choose(1, 1000).Select(Step (value) => new Await(0, value))),
            (nested, Gen.Choose(2, 5).SelectMany(count => Gen.ArrayOf(Step(depth + 1, outer, false), count)).Select(Step (steps) => new Parallel(0, steps))),
            (nested, Of(depth + 1, false).SelectMany(inner => Gen.Elements(true, false).Select(Step (tells) => new Sub(0, inner, tells)))));
    }

    private static Recipe Numbered(Recipe recipe)
    {
        var next = 0;
        return Number(recipe);

        Recipe Number(Recipe one) => new([.. one.Runs.Select(run => (IReadOnlyList<Step>)[.. run.Select(NumberStep)])]);

        Step NumberStep(Step step) => step switch
        {
            Parallel parallel => parallel with { Id = next++, Steps = [.. parallel.Steps.Select(NumberStep)] },
            Sub sub => sub with { Id = next++, Inner = Number(sub.Inner) },
            _ => step with { Id = next++ },
        };
    }

    private static IEnumerable<IReadOnlyList<Step>> ShrinkSteps(IReadOnlyList<Step> steps)
    {
        foreach (var fewer in Without(steps))
        {
            yield return fewer;
        }

        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var smaller in ShrinkStep(steps[i]))
            {
                yield return Replaced(steps, i, smaller);
            }
        }
    }

    private static IEnumerable<Step> ShrinkStep(Step step) => step switch
    {
        Parallel parallel => parallel.Steps.Concat<Step>(ShrinkSteps(parallel.Steps).Where(fewer => fewer.Count > 0).Select(fewer => parallel with { Steps = fewer })),
        Sub sub => Shrink(sub.Inner).Select(inner => sub with { Inner = inner }),
        Tally { Locked: true } tally => [tally with { Locked = false }],
        Flaky { Times: > 1 } flaky => [flaky with { Times = 1 }],
        _ => [],
    };

    private static IEnumerable<IReadOnlyList<T>> Without<T>(IReadOnlyList<T> all) =>
        Enumerable.Range(0, all.Count).Select(left => (IReadOnlyList<T>)[.. all.Where((_, i) => i != left)]);

    private static IReadOnlyList<T> Replaced<T>(IReadOnlyList<T> all, int at, T one) => [.. all.Select((item, i) => i == at ? one : item)];
}
