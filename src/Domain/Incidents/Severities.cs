namespace Nightwatch.Domain.Incidents;

/// <summary>The five severities, from the many words that people use in the label <c>severity</c> (or <c>priority</c>, <c>level</c>).</summary>
public static class Severities
{
    public const string Critical = "critical";
    public const string Error = "error";
    public const string Warning = "warning";
    public const string Info = "info";
    public const string None = "none";

    public static IReadOnlyList<string> All { get; } = [None, Info, Warning, Error, Critical];

    /// <summary>An absent or unknown word counts as warning: it is rather looked at than overlooked.</summary>
    public static string Normalise(IReadOnlyDictionary<string, string> labels)
    {
        var word = labels.GetValueOrDefault("severity") ?? labels.GetValueOrDefault("priority") ?? labels.GetValueOrDefault("level") ?? "";
        return Normalise(word) ?? Warning;
    }

    /// <summary>Null for a word that is none of ours.</summary>
    public static string? Normalise(string word) => word.ToLowerInvariant() switch
    {
        "critical" or "crit" or "page" or "emergency" or "emerg" or "fatal" or "disaster" or "sev1" or "sev0" or "p1" or "p0" => Critical,
        "error" or "err" or "major" or "high" or "alert" or "sev2" or "p2" => Error,
        "warning" or "warn" or "medium" or "minor" or "average" or "ticket" or "sev3" or "p3" => Warning,
        "info" or "information" or "informational" or "notice" or "low" or "debug" or "sev4" or "p4" or "p5" => Info,
        "none" or "ok" => None,
        _ => null,
    };

    public static string Higher(string x, string y) => Rank(x) >= Rank(y) ? x : y;

    private static int Rank(string severity) => severity switch
    {
        Critical => 4,
        Error => 3,
        Warning => 2,
        Info => 1,
        _ => 0,
    };
}
