using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Limits;

namespace Nightwatch.Functions.Limits;

/// <summary>A tenant's <see cref="CallerLimits"/> as the limiter takes them; null for what is switched off.</summary>
internal sealed class CallerRates(CallerLimits limits)
{
    private readonly RateLimit? person = Of("person", limits.PersonPerMinute);
    private readonly RateLimit? machine = Of("token", limits.MachinePerMinute);
    private readonly RateLimit? development = Of("development", limits.DevelopmentPerMinute);
    private readonly RateLimit? tenant = Of("tenant", limits.TenantPerMinute);

    private readonly Dictionary<string, RateLimit> routes = limits.RoutesPerMinute.ToDictionary(
        route => route.Key, route => new RateLimit { Name = $"route-{route.Key}", Permits = route.Value }, StringComparer.Ordinal);

    public int Streams => limits.StreamsPerCaller;

    public RateLimit? Session { get; } = Of("session", limits.SessionPerMinute);

    public RateLimit? Intake { get; } = limits.IntakeAlertsPerSecond == 0 ? null
        : new RateLimit { Name = "intake", Permits = limits.IntakeAlertsPerSecond * 10, Window = TimeSpan.FromSeconds(10) };

    public RateLimit? Route(string function) => routes.GetValueOrDefault(function);

    /// <summary>Of the caller alone.</summary>
    public RateLimit? Own(CallerKind kind) => kind switch { CallerKind.Person => person, CallerKind.Machine => machine, _ => development };

    /// <summary>Of all callers of the tenant together; a developer's own machine is not counted there.</summary>
    public RateLimit? Tenant(CallerKind kind) => kind == CallerKind.Development ? null : tenant;

    public static RateLimit? Of(string name, int permits) => permits == 0 ? null : new RateLimit { Name = name, Permits = permits };
}
