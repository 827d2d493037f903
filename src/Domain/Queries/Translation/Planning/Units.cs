namespace Nightwatch.Domain.Queries.Translation.Planning;

/// <summary>Bounds as people write them, in the unit of the values.</summary>
internal static class Units
{
    public static double InUnit(Threshold bound, string unit)
    {
        if (bound.IsPercent)
        {
            return unit == "ratio" ? bound.Value / 100 : bound.Value;
        }

        var factor = bound.Unit switch
        {
            "ms" or "milliseconds" or "millis" => unit == "milliseconds" ? 1 : 0.001,
            "s" or "second" or "seconds" or "sec" => unit == "milliseconds" ? 1000 : 1,
            "m" or "min" or "minutes" => 60,
            "kb" or "kib" => 1024,
            "mb" or "mib" => 1024.0 * 1024,
            "gb" or "gib" => 1024.0 * 1024 * 1024,
            "tb" or "tib" => 1024.0 * 1024 * 1024 * 1024,
            "k" => 1000,
            _ => 1,
        };
        // "CPU above 80" of a share from 0 to 1 can only be percent.
        return unit == "ratio" && bound.Unit.Length == 0 && bound.Value > 1 ? bound.Value / 100 : bound.Value * factor;
    }
}
