using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Nightwatch.Functions.Limits;

/// <summary>How much may be asked. 0 switches a limit off. Settings are NIGHTWATCH_LIMITS_ and the name given with each.</summary>
public sealed class LimitsOptions
{
    /// <summary>For every tenant that has none of its own.</summary>
    public CallerLimits Callers { get; set; } = new();

    /// <summary>Of tenants with settings of their own: the name, _FOR: and the tenant's id.</summary>
    public IReadOnlyDictionary<string, CallerLimits> CallersOfTenants { get; set; } = new Dictionary<string, CallerLimits>();

    /// <summary>Refused credentials a minute from one address; then it is shut out for a minute. FAILURES_PER_MINUTE.</summary>
    public int FailuresPerMinute { get; set; } = 30;

    /// <summary>Requests a minute from one address to what needs no sign-in, counted by each process alone. PUBLIC_PER_MINUTE.</summary>
    public int PublicPerMinute { get; set; } = 1_200;

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
        var settings = new LimitsSettings(configuration);
        Callers = Callers.With(settings, null);
        CallersOfTenants = settings.Tenants.ToDictionary(tenant => tenant, tenant => Callers.With(settings, tenant), StringComparer.OrdinalIgnoreCase);
        FailuresPerMinute = settings.Number("FAILURES_PER_MINUTE", null, FailuresPerMinute);
        PublicPerMinute = settings.Number("PUBLIC_PER_MINUTE", null, PublicPerMinute);
        MaxBodyBytes = settings.Number("BODY_KB", null, MaxBodyBytes / 1024, 1, 16 * 1024) * 1024;
        BodyTime = TimeSpan.FromSeconds(settings.Number("BODY_SECONDS", null, (int)BodyTime.TotalSeconds, 1, 600));
        RequestTime = TimeSpan.FromSeconds(settings.Number("REQUEST_SECONDS", null, (int)RequestTime.TotalSeconds, 1, 230));
        Proxies = TrustedProxies.Parse(configuration["NIGHTWATCH_TRUSTED_PROXIES"]);
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
