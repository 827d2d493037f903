using System.Diagnostics;
using Nightwatch.Shop.Faults;
using Nightwatch.Shop.Telemetry;

namespace Nightwatch.Shop.Roles;

/// <summary>What every role shares: Kestrel on loopback, /metrics, /healthz, the fault switches under /admin, and the measured pipeline.</summary>
internal sealed class ServiceHost
{
    private readonly Counter requests;
    private readonly Histogram durations;
    private readonly Defects defects;
    private long inFlight;

    public ServiceHost(ShopOptions options)
    {
        Options = options;
        Log = new ShopLog(options.Role, options.Version, options.LogFile);
        defects = new Defects(Faults, options.Version);
        ProcessMetrics.Add(Metrics, options.Version);
        requests = Metrics.Counter("http_requests_total", "Requests answered.", "method", "route", "code");
        durations = Metrics.Histogram("http_request_duration_seconds", "Time to answer.", "method", "route");
        Metrics.Gauge("http_requests_in_flight", "Requests being answered.", () => Interlocked.Read(ref inFlight));
        App = Create(options);
        App.UseRouting();
        App.Use(MeasureAsync);
        App.MapGet("/metrics", () => Results.Text(Metrics.Render(), "text/plain; version=0.0.4"));
        App.MapGet("/healthz", () => "ok");
        App.MapPost("/admin/break/{fault}", (string fault) =>
        {
            if (!Enum.TryParse<Fault>(fault, ignoreCase: true, out var known))
            {
                return Results.BadRequest($"no fault is called {fault}");
            }

            Faults.Break(known);
            return Results.Ok();
        });
        App.MapPost("/admin/mend", () => Faults.Mend());
        Log.Info(null, $"{options.Role} {options.Version} started", ("pid", Environment.ProcessId));
    }

    public ShopOptions Options { get; }

    public WebApplication App { get; }

    public MetricRegistry Metrics { get; } = new();

    public FaultPanel Faults { get; } = new();

    public ShopLog Log { get; }

    /// <summary>The bare web application of a role, without the pipeline of a service.</summary>
    public static WebApplication Create(ShopOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        return builder.Build();
    }

    /// <summary>The id that ties the log lines of one request together across services (W3C traceparent).</summary>
    public static string TraceId(HttpContext context)
    {
        var parent = context.Request.Headers["traceparent"].ToString();
        return parent.Length == 55 ? parent[3..35] : ActivityTraceId.CreateRandom().ToHexString();
    }

    private async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unmatched";
        if (route is "/metrics" or "/healthz" || route.StartsWith("/admin", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var started = Stopwatch.GetTimestamp();
        context.TraceIdentifier = TraceId(context);
        Interlocked.Increment(ref inFlight);
        try
        {
            await defects.ApplyAsync(context);
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = 499;
            Log.Warn(context.TraceIdentifier, "the caller went away", ("route", route));
        }
        catch (PeerException e)
        {
            context.Response.StatusCode = e.Answer;
            Log.Error(context.TraceIdentifier, e.Message, ("route", route), ("peer", e.Peer));
        }
        catch (Exception e)
        {
            context.Response.StatusCode = 500;
            Log.Error(context.TraceIdentifier, $"unhandled {e.GetType().Name}: {e.Message}", ("route", route), ("exception", e.ToString()));
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var status = context.Response.StatusCode;
            requests.Add(context.Request.Method, route, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            durations.Observe(elapsed, context.Request.Method, route);
            LogSlow(context, route, elapsed);
        }
    }

    private void LogSlow(HttpContext context, string route, double elapsed)
    {
        if (elapsed > 1)
        {
            Log.Warn(context.TraceIdentifier, "slow request", ("route", route), ("duration_ms", (int)(elapsed * 1000)));
        }
    }
}
