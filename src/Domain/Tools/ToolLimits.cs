namespace Nightwatch.Domain.Tools;

/// <summary>How much one question may ask for.</summary>
public static class ToolLimits
{
    /// <summary>Bytes of UTF-8 that a stored result may have.</summary>
    public const int MaxDataBytes = 256 * 1024;

    /// <summary>Bytes of UTF-8 that a result may have that a person asked for directly and that is not stored.</summary>
    public const int MaxDirectDataBytes = 4 * 1024 * 1024;

    /// <summary>Characters that one string of a result may have.</summary>
    public const int MaxStringLength = 8 * 1024;

    public const int MaxArgumentsLength = 64 * 1024;

    /// <summary>Points of a series when the step is ours to choose.</summary>
    public const int MaxAutomaticPoints = 300;

    /// <summary>Prometheus refuses more.</summary>
    public const int MaxPoints = 11_000;

    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(5);

    private static readonly int[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

    /// <summary>The shortest round step (seconds) that gives at most <see cref="MaxAutomaticPoints"/> points.</summary>
    public static int Step(TimeSpan length)
    {
        var least = length.TotalSeconds / (MaxAutomaticPoints - 1);
        return Array.Find(Steps, s => s >= least) is var step and > 0 ? step : (int)Math.Ceiling(least / 3600) * 3600;
    }

    public static string Iso(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
