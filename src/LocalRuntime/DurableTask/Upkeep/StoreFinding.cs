namespace Nightwatch.LocalRuntime.DurableTask;

/// <summary>Something in the file that the engine would never have written, or would wait for in vain, and what a repair makes of it.</summary>
internal sealed record StoreFinding(string What, string Repair)
{
    public override string ToString() => $"{What} (repair: {Repair})";
}
