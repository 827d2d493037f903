using System.Text.Json.Serialization;

namespace Nightwatch.LocalRuntime.Tests.Simulation;

/// <summary>
/// An orchestration as data: runs that continue as new one after the other, each a row of steps. What it must come to follows from the data alone
/// (<see cref="Expected"/>), whatever crashes, in whichever order things end.
/// </summary>
internal sealed record Recipe(IReadOnlyList<IReadOnlyList<Step>> Runs)
{
    private const long Modulus = 1_000_003;

    public long Expected() => Runs.SelectMany(run => run).Aggregate(0L, (sum, step) => Mix(sum, step.Expected()));

    public static long Mix(long sum, long next) => ((sum * 31) + next) % Modulus;

    /// <summary>Events that the outside must send, with their payloads.</summary>
    public IEnumerable<Await> Events() => Runs.SelectMany(run => run).SelectMany(step => step.Events());

    /// <summary>What its tallies add to the shared counter.</summary>
    public long Tallied() => Runs.SelectMany(run => run).Sum(Tallied);

    public override string ToString() => string.Join(" | ", Runs.Select(run => string.Join(", ", run)));

    private static long Tallied(Step step) => step switch
    {
        Tally tally => tally.Value,
        Parallel parallel => parallel.Steps.Sum(Tallied),
        Sub sub => sub.Inner.Tallied(),
        _ => 0,
    };
}

/// <summary>One step. Ids are unique within a recipe and all that it holds: what is counted per call is counted by them.</summary>
[JsonDerivedType(typeof(Call), "call")]
[JsonDerivedType(typeof(Fail), "fail")]
[JsonDerivedType(typeof(Flaky), "flaky")]
[JsonDerivedType(typeof(Sleep), "sleep")]
[JsonDerivedType(typeof(Parallel), "parallel")]
[JsonDerivedType(typeof(Sub), "sub")]
[JsonDerivedType(typeof(Await), "await")]
[JsonDerivedType(typeof(Race), "race")]
[JsonDerivedType(typeof(Tally), "tally")]
internal abstract record Step(int Id)
{
    public abstract long Expected();

    public virtual IEnumerable<Await> Events() => [];
}

/// <summary>An activity that doubles a value.</summary>
internal sealed record Call(int Id, int Value) : Step(Id)
{
    public override long Expected() => Value * 2;
}

/// <summary>An activity that throws; with retries it throws each time.</summary>
internal sealed record Fail(int Id, int Attempts) : Step(Id)
{
    public override long Expected() => -1;
}

/// <summary>An activity that throws some times and then answers, under a policy or a handler that repeats it.</summary>
internal sealed record Flaky(int Id, int Times, bool Handler) : Step(Id)
{
    public override long Expected() => 7;
}

/// <summary>A timer; the time afterwards must not be before its due time.</summary>
internal sealed record Sleep(int Id, int Milliseconds) : Step(Id)
{
    public override long Expected() => 3;
}

/// <summary>Steps side by side.</summary>
internal sealed record Parallel(int Id, IReadOnlyList<Step> Steps) : Step(Id)
{
    public override long Expected() => Steps.Aggregate(5L, (sum, step) => Recipe.Mix(sum, step.Expected()));

    public override IEnumerable<Await> Events() => Steps.SelectMany(step => step.Events());

    public override string ToString() => $"Parallel[{string.Join(", ", Steps)}]";
}

/// <summary>A sub-orchestration; one that tells also sends its result to its parent as an event.</summary>
internal sealed record Sub(int Id, Recipe Inner, bool Tells) : Step(Id)
{
    public override long Expected() => Inner.Expected() * (Tells ? 2 : 1);
}

/// <summary>An event from outside. It may come long before anybody waits for it.</summary>
internal sealed record Await(int Id, int Value) : Step(Id)
{
    public override long Expected() => Value;

    public override IEnumerable<Await> Events() => [this];
}

/// <summary>An activity against a timer of a day that loses and is cancelled.</summary>
internal sealed record Race(int Id, int Value) : Step(Id)
{
    public override long Expected() => Value * 2;
}

/// <summary>
/// A signal and a call to an entity of its own, in order, perhaps within a lock of it and of the one that all share; then the same value for the shared one.
/// </summary>
internal sealed record Tally(int Id, int Value, bool Locked) : Step(Id)
{
    public override long Expected() => Value * 3;
}
