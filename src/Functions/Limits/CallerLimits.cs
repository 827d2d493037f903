namespace Nightwatch.Functions.Limits;

/// <summary>How often the callers of a tenant may ask. 0 switches a limit off.</summary>
public sealed record CallerLimits
{
    /// <summary>Requests a minute of one person. PERSON_PER_MINUTE.</summary>
    public int PersonPerMinute { get; init; } = 120;

    /// <summary>Requests a minute of one of a person's sessions. SESSION_PER_MINUTE.</summary>
    public int SessionPerMinute { get; init; } = 100;

    /// <summary>Requests a minute of one service token. MACHINE_PER_MINUTE.</summary>
    public int MachinePerMinute { get; init; } = 600;

    /// <summary>Requests a minute of the loopback development mode. DEVELOPMENT_PER_MINUTE.</summary>
    public int DevelopmentPerMinute { get; init; } = 6_000;

    /// <summary>Requests a minute of all callers of the tenant. TENANT_PER_MINUTE.</summary>
    public int TenantPerMinute { get; init; } = 6_000;

    /// <summary>Streams that one caller may have open at once. STREAMS_PER_CALLER.</summary>
    public int StreamsPerCaller { get; init; } = 10;

    /// <summary>Alerts a second of the tenant, reckoned by the size of the webhooks. INTAKE_ALERTS_PER_SECOND.</summary>
    public int IntakeAlertsPerSecond { get; init; } = 20_000;

    /// <summary>Requests a minute of one caller to one function: ROUTES=ListIncidents=30,ReadInvestigation=60.</summary>
    public IReadOnlyDictionary<string, int> RoutesPerMinute { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>What is set for one tenant, or for all when that is null; what is not set stays as it is here.</summary>
    internal CallerLimits With(LimitsSettings settings, string? tenant) => new()
    {
        PersonPerMinute = settings.Number("PERSON_PER_MINUTE", tenant, PersonPerMinute),
        SessionPerMinute = settings.Number("SESSION_PER_MINUTE", tenant, SessionPerMinute),
        MachinePerMinute = settings.Number("MACHINE_PER_MINUTE", tenant, MachinePerMinute),
        DevelopmentPerMinute = settings.Number("DEVELOPMENT_PER_MINUTE", tenant, DevelopmentPerMinute),
        TenantPerMinute = settings.Number("TENANT_PER_MINUTE", tenant, TenantPerMinute),
        StreamsPerCaller = settings.Number("STREAMS_PER_CALLER", tenant, StreamsPerCaller),
        IntakeAlertsPerSecond = settings.Number("INTAKE_ALERTS_PER_SECOND", tenant, IntakeAlertsPerSecond),
        RoutesPerMinute = settings.Routes(tenant) ?? RoutesPerMinute,
    };
}
