using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nightwatch.Functions.Limits;

/// <summary>How much a caller may ask. 0 switches a limit off. Settings are NIGHTWATCH_LIMITS_ and the name given with each.</summary>
public sealed class LimitsOptions
{
    /// <summary>Requests a minute of one person. PERSON_PER_MINUTE.</summary>
    public int PersonPerMinute { get; set; } = 120;

    /// <summary>Requests a minute of one of a person's sessions. SESSION_PER_MINUTE.</summary>
    public int SessionPerMinute { get; set; } = 100;

    /// <summary>Requests a minute of one service token. MACHINE_PER_MINUTE.</summary>
    public int MachinePerMinute { get; set; } = 600;

    /// <summary>Requests a minute of the loopback development mode. DEVELOPMENT_PER_MINUTE.</summary>
    public int DevelopmentPerMinute { get; set; } = 6_000;

    /// <summary>Requests a minute of all callers of a tenant. TENANT_PER_MINUTE.</summary>
    public int TenantPerMinute { get; set; } = 6_000;

    /// <summary>Refused credentials a minute from one address; then it is shut out for a minute. FAILURES_PER_MINUTE.</summary>
    public int FailuresPerMinute { get; set; } = 30;

    /// <summary>Requests a minute from one address to what needs no sign-in, counted by each process alone. PUBLIC_PER_MINUTE.</summary>
    public int PublicPerMinute { get; set; } = 1_200;

    /// <summary>Streams that one caller may have open at once. STREAMS_PER_CALLER.</summary>
    public int StreamsPerCaller { get; set; } = 10;

    /// <summary>Alerts a second of one tenant, reckoned by the size of the webhooks. INTAKE_ALERTS_PER_SECOND.</summary>
    public int IntakeAlertsPerSecond { get; set; } = 20_000;

    /// <summary>Requests a minute of one caller to one function: ROUTES=ListIncidents=30,ReadInvestigation=60.</summary>
    public IReadOnlyDictionary<string, int> RoutesPerMinute { get; set; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Bytes of a request's body, except an intake's. BODY_KB.</summary>
    public int MaxBodyBytes { get; set; } = 256 * 1024;

    /// <summary>How long a body may take to arrive, seconds. BODY_SECONDS.</summary>
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a request may take, seconds; streams have an end of their own. REQUEST_SECONDS.</summary>
    public TimeSpan RequestTime { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Characters of path and query.</summary>
    public int MaxUrlLength { get; set; } = 7_000;

    public int MaxHeaders { get; set; } = 90;

    /// <summary>Characters of all headers' names and values.</summary>
    public int MaxHeaderLength { get; set; } = 24 * 1024;

    /// <summary>Key NIGHTWATCH_TRUSTED_PROXIES: how many proxies stand in front, or their networks.</summary>
    public TrustedProxies Proxies { get; set; } = TrustedProxies.None;

    /// <exception cref="OptionsValidationException">A setting is no number, or out of its range.</exception>
    public void Read(IConfiguration configuration)
    {
        var settings = new Settings(configuration);
        PersonPerMinute = settings.Number("PERSON_PER_MINUTE", PersonPerMinute);
        SessionPerMinute = settings.Number("SESSION_PER_MINUTE", SessionPerMinute);
        MachinePerMinute = settings.Number("MACHINE_PER_MINUTE", MachinePerMinute);
        DevelopmentPerMinute = settings.Number("DEVELOPMENT_PER_MINUTE", DevelopmentPerMinute);
        TenantPerMinute = settings.Number("TENANT_PER_MINUTE", TenantPerMinute);
        FailuresPerMinute = settings.Number("FAILURES_PER_MINUTE", FailuresPerMinute);
        PublicPerMinute = settings.Number("PUBLIC_PER_MINUTE", PublicPerMinute);
        StreamsPerCaller = settings.Number("STREAMS_PER_CALLER", StreamsPerCaller);
        IntakeAlertsPerSecond = settings.Number("INTAKE_ALERTS_PER_SECOND", IntakeAlertsPerSecond);
        MaxBodyBytes = settings.Number("BODY_KB", MaxBodyBytes / 1024, 1, 16 * 1024) * 1024;
        BodyTime = TimeSpan.FromSeconds(settings.Number("BODY_SECONDS", (int)BodyTime.TotalSeconds, 1, 600));
        RequestTime = TimeSpan.FromSeconds(settings.Number("REQUEST_SECONDS", (int)RequestTime.TotalSeconds, 1, 230));
        RoutesPerMinute = settings.Routes();
        Proxies = TrustedProxies.Parse(configuration["NIGHTWATCH_TRUSTED_PROXIES"]);
    }

    private sealed class Settings(IConfiguration configuration)
    {
        private const string Prefix = "NIGHTWATCH_LIMITS_";

        public int Number(string name, int otherwise, int least = 0, int most = 10_000_000) =>
            configuration[Prefix + name] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw Wrong($"{Prefix}{name} must be a whole number, {least} to {most}{(least == 0 ? "; 0 switches the limit off" : "")}.");

        public Dictionary<string, int> Routes()
        {
            var routes = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var part in (configuration[Prefix + "ROUTES"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
                if (pair.Length != 2 || pair[0].Length == 0 || !int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 10_000_000)
                {
                    throw Wrong($"{Prefix}ROUTES must be such as ListIncidents=30,ReadInvestigation=60: names of functions and requests a minute.");
                }

                routes[pair[0]] = number;
            }

            return routes;
        }
    }

    internal static OptionsValidationException Wrong(string message) => new(nameof(LimitsOptions), typeof(LimitsOptions), [message]);
}

/// <summary>Which proxies' X-Forwarded-For is believed.</summary>
public sealed record TrustedProxies(int Count, IReadOnlyList<IPNetwork> Networks)
{
    public static TrustedProxies None { get; } = new(0, []);

    /// <exception cref="OptionsValidationException">Neither a count nor networks.</exception>
    public static TrustedProxies Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return count <= 10 ? new TrustedProxies(count, []) : throw Wrong();
        }

        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var network = part.Contains('/', StringComparison.Ordinal) ? part : part + (part.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
            networks.Add(IPNetwork.TryParse(network, out var read) ? read : throw Wrong());
        }

        return new TrustedProxies(0, networks);
    }

    private static OptionsValidationException Wrong() =>
        LimitsOptions.Wrong("NIGHTWATCH_TRUSTED_PROXIES must be the number of proxies in front (0 to 10) or their networks, such as 10.0.0.0/8,192.0.2.7.");

    public bool Contains(IPAddress address) => Networks.Any(network => network.Contains(address));
}
