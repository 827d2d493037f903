namespace Nightwatch.Domain.Incidents;

public sealed class CorrelationOptions
{
    /// <summary>Alerts that start further apart than this do not join by what they have in common.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>An alert that fires again this soon after its incident resolved reopens it.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromMinutes(5);

    public TimeSpan FlappingWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Episodes of one alert within <see cref="FlappingWindow"/> that make it flapping.</summary>
    public int FlappingEpisodes { get; set; } = 4;

    /// <summary>Namespaces that many unrelated things share, so that being in one says little.</summary>
    public IReadOnlyList<string> SharedNamespaces { get; set; } =
    [
        "default", "prod", "production", "stage", "staging", "dev", "test", "apps", "services", "kube-system", "monitoring",
    ];

    /// <summary>Different services in one incident from which on the namespace says little.</summary>
    public int CrowdedNamespaceServices { get; set; } = 25;

    /// <summary>Incidents kept for matching.</summary>
    public int MaxIncidents { get; set; } = 100;

    /// <summary>Episodes decided in one write of the window.</summary>
    public int BatchSize { get; set; } = 500;

    /// <summary>Rounds of redoing what a competitor changed first.</summary>
    public int MaxAttempts { get; set; } = 20;
}
