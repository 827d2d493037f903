using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Governance;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Limits;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>The limits of requests: which apply to a request, and the answer to one that is over.</summary>
public sealed class RequestLimits(RateLimiter limiter, ConcurrencyLimiter streams, IOptions<LimitsOptions> options)
{
    /// <summary>The partition of what is counted before a tenant is known.</summary>
    private const string Strangers = "-";

    /// <summary>A typical alert in a webhook, bytes: the intake's flood guard reckons with it, because it does not read the body.</summary>
    private const int BytesPerAlert = 400;

    private const int BytesOfUnknownLength = 256 * 1024;

    /// <summary>Longer than any stream lasts.</summary>
    private static readonly TimeSpan StreamLifetime = TimeSpan.FromSeconds(240);

    private readonly LimitsOptions settings = options.Value;
    private readonly RateLimit? failures = CallerRates.Of("failed-sign-ins", options.Value.FailuresPerMinute) is { } limit
        ? limit with { Penalty = TimeSpan.FromMinutes(1), KeyedByStrangers = true } : null;

    private readonly RateLimit? open = CallerRates.Of("address", options.Value.PublicPerMinute) is { } limit ? limit with { InProcess = true } : null;
    private readonly CallerRates rates = new(options.Value.Callers);
    private readonly Dictionary<string, CallerRates> ratesOfTenants = options.Value.CallersOfTenants.ToDictionary(
        tenant => tenant.Key, tenant => new CallerRates(tenant.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>Before the credential is looked at: null, or 429 for an address that sent too many wrong ones.</summary>
    public async ValueTask<IResult?> CheckAddressAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (failures is null)
        {
            return null;
        }

        var decision = await limiter.PeekAsync(failures, Strangers, ClientAddress.KeyOf(http, settings.Proxies), cancellationToken);
        return decision.Granted ? null : Refuse(http, failures, decision, "Too many failed sign-ins came from this address.");
    }

    /// <summary>Notes a wrong credential, once per request.</summary>
    public async ValueTask CountFailureAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (failures is not null && http.Items.TryAdd(nameof(CountFailureAsync), true))
        {
            await limiter.TakeAsync(failures, Strangers, ClientAddress.KeyOf(http, settings.Proxies), 1, cancellationToken);
        }
    }

    /// <summary>For what anybody may call: null, or 429.</summary>
    public async ValueTask<IResult?> CheckPublicAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (open is null)
        {
            return null;
        }

        var decision = await limiter.TakeAsync(open, Strangers, ClientAddress.KeyOf(http, settings.Proxies), 1, cancellationToken);
        return decision.Granted ? null : Refuse(http, open, decision, "Too many requests came from this address.");
    }

    /// <summary>After the sign-in: null, or 429 naming the limit that is used up.</summary>
    /// <param name="function">The function's name, for limits per route.</param>
    public async ValueTask<IResult?> CheckCallerAsync(HttpContext http, string function, CancellationToken cancellationToken)
    {
        var caller = http.Request.Caller();
        if (caller.Kind == CallerKind.System)
        {
            return null;
        }

        var own = RatesOf(caller);
        return await TakeAsync(http, own.Route(function), caller.Tenant, caller.Subject, cancellationToken)
            ?? (caller.Session is null ? null : await TakeAsync(http, own.Session, caller.Tenant, caller.Session, cancellationToken))
            ?? await TakeAsync(http, own.Own(caller.Kind), caller.Tenant, caller.Subject, cancellationToken)
            ?? await TakeAsync(http, own.Tenant(caller.Kind), caller.Tenant, "", cancellationToken);
    }

    /// <summary>For senders of alerts: null, or 503, since Alertmanager tries again after 5xx only. Reckoned by the announced length.</summary>
    public async ValueTask<IResult?> CheckIntakeAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Request.Caller();
        if (RatesOf(caller).Intake is not { } intake)
        {
            return null;
        }

        var cost = (int)Math.Clamp((http.Request.ContentLength ?? BytesOfUnknownLength) / BytesPerAlert, 1, intake.Permits);
        var decision = await limiter.TakeAsync(intake, caller.Tenant, "", cost, cancellationToken);
        return decision.Granted ? null : Refuse(http, intake, decision, "The tenant sends more alerts than it may; send these again.", StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A place for a stream, freed when disposed, or 429.</summary>
    public async ValueTask<(IAsyncDisposable? Place, IResult? Refused)> EnterStreamAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var caller = http.Request.Caller();
        var most = RatesOf(caller).Streams;
        if (most == 0 || caller.Kind == CallerKind.System)
        {
            return (null, null);
        }

        var place = await streams.EnterAsync(caller.Tenant, TextHash.ShortOf(caller.Subject), most, StreamLifetime, cancellationToken);
        if (place is not null)
        {
            return (place, null);
        }

        http.Response.Headers.RetryAfter = "10";
        return (null, Answers.Problem(
            StatusCodes.Status429TooManyRequests, "Too many open streams", $"The limit streams is used up: {most} at once. Close one, or try again in 10 s."));
    }

    private CallerRates RatesOf(Caller caller) => ratesOfTenants.GetValueOrDefault(caller.Tenant, rates);

    private static IResult Refuse(HttpContext http, RateLimit limit, LimitDecision decision, string why, int status = StatusCodes.Status429TooManyRequests)
    {
        var headers = http.Response.Headers;
        headers.RetryAfter = $"{decision.RetryAfterSeconds}";
        // draft-ietf-httpapi-ratelimit-headers-10.
        headers["RateLimit-Policy"] = $"\"{limit.Name}\";q={limit.Permits};w={(int)limit.Window.TotalSeconds}";
        headers["RateLimit"] = $"\"{limit.Name}\";r=0;t={decision.RetryAfterSeconds}";
        return Answers.Problem(
            status, "Too many requests", $"{why} The limit {limit.Name} is used up: {limit.Permits} in {(int)limit.Window.TotalSeconds} s. Try again in {decision.RetryAfterSeconds} s.");
    }

    private async ValueTask<IResult?> TakeAsync(HttpContext http, RateLimit? limit, string partition, string key, CancellationToken cancellationToken)
    {
        if (limit is null)
        {
            return null;
        }

        var decision = await limiter.TakeAsync(limit, partition, key, 1, cancellationToken);
        return decision.Granted ? null : Refuse(http, limit, decision, "This caller asked too often.");
    }
}
