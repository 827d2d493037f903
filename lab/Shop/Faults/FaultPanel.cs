namespace Nightwatch.Shop.Faults;

internal enum Fault
{
    Latency,
    Errors,
    Leak,
    Dependency,
}

/// <summary>Which faults are on in this process. They start off, and are switched over the loopback admin route.</summary>
internal sealed class FaultPanel
{
    private readonly bool[] on = new bool[Enum.GetValues<Fault>().Length];

    /// <summary>Raised when everything is mended.</summary>
    public event Action? Mended;

    public bool IsOn(Fault fault) => Volatile.Read(ref on[(int)fault]);

    public void Break(Fault fault) => Volatile.Write(ref on[(int)fault], true);

    public void Mend()
    {
        Array.Clear(on);
        Mended?.Invoke();
    }
}
