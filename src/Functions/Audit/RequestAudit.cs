using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nightwatch.Domain.Governance.Access;
using Nightwatch.Domain.Governance.Audit;
using Nightwatch.Domain.Governance.SignIn;
using Nightwatch.Domain.Storage;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Audit;

/// <summary>Requests as events of the trail: who asked for what, and how it ended.</summary>
public sealed partial class RequestAudit(IAuditTrail audit, IAccessPolicy policy, AuditRepeats repeats, ILogger<RequestAudit> logger)
{
    /// <summary>The same read by the same caller is recorded once in this time.</summary>
    public static readonly TimeSpan ReadsWithin = TimeSpan.FromMinutes(5);

    /// <summary>The same refusal of the same address is recorded once in this time.</summary>
    public static readonly TimeSpan RefusalsWithin = TimeSpan.FromMinutes(1);

    /// <summary>Before a request that changes something.</summary>
    /// <exception cref="StoreUnavailableException">It is not on record and must not be carried out.</exception>
    public Task BegunAsync(HttpRequest request, string function, CancellationToken cancellationToken) =>
        audit.RecordAsync(request.Caller().Did(AuditActions.HttpBegun, function) with { Details = DetailsOf(request) }, cancellationToken);

    /// <exception cref="StoreUnavailableException">It is not on record and must not be shown.</exception>
    public Task ReadAsync(HttpRequest request, string function, int status, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var key = $"{caller.Tenant}|{caller.Subject}|{function}|{request.Path}{QueryOf(request)}|{status}";
        return repeats.IsFirst(key, ReadsWithin) ? audit.RecordAsync(EventOf(request, function, status), cancellationToken) : Task.CompletedTask;
    }

    /// <summary>After a request that changed something, or would have: what is done is done, and was announced.</summary>
    public async Task DoneAsync(HttpRequest request, string function, int status, CancellationToken cancellationToken)
    {
        try
        {
            await audit.RecordAsync(EventOf(request, function, status), cancellationToken);
        }
        catch (StoreUnavailableException down)
        {
            LogNotRecorded(logger, function, down.Message);
        }
    }

    /// <summary>Somebody was not let in. The refusal stands whether or not it can be recorded.</summary>
    /// <param name="caller">Null when nobody was recognised; then it is on record for the first tenant.</param>
    public async Task RefusedAsync(HttpRequest request, string function, Caller? caller, string from, int status, string why, CancellationToken cancellationToken)
    {
        if (!repeats.IsFirst($"refused|{from}|{caller?.Subject}|{function}|{status}", RefusalsWithin))
        {
            return;
        }

        try
        {
            var stranger = new Caller
            {
                Tenant = policy.Current.Tenants[0].Id,
                Subject = "unknown",
                Name = "",
                Kind = CallerKind.Person,
                Grants = [],
                From = from,
                CorrelationId = CorrelationId.Of(request.HttpContext),
            };
            await audit.RecordAsync(
                (caller ?? stranger).Did(AuditActions.AccessRefused, function) with
                {
                    Outcome = AuditOutcome.Refused,
                    Details = new Dictionary<string, string>(DetailsOf(request)) { ["status"] = $"{status}", ["why"] = why },
                },
                cancellationToken);
        }
        catch (StoreUnavailableException down)
        {
            LogNotRecorded(logger, function, down.Message);
        }
    }

    /// <summary>Somebody signed in or out with a browser: on record in every tenant that gives them a role.</summary>
    public async Task SignedAsync(HttpRequest request, VerifiedIdentity identity, string action, string from, CancellationToken cancellationToken)
    {
        foreach (var (tenant, grants) in policy.Current.GrantsOf(identity.ToPrincipal()))
        {
            var caller = new Caller
            {
                Tenant = tenant,
                Subject = identity.Key,
                Name = identity.Name,
                Kind = CallerKind.Person,
                Grants = grants,
                From = from,
                CorrelationId = CorrelationId.Of(request.HttpContext),
            };
            await audit.RecordAsync(caller.Did(action, identity.Issuer), cancellationToken);
        }
    }

    private static AuditEvent EventOf(HttpRequest request, string function, int status) => request.Caller().Did(AuditActions.HttpRequest, function) with
    {
        Outcome = status >= 500 ? AuditOutcome.Failed : status >= 400 ? AuditOutcome.Refused : AuditOutcome.Succeeded,
        Details = new Dictionary<string, string>(DetailsOf(request)) { ["status"] = $"{status}" },
    };

    private static Dictionary<string, string> DetailsOf(HttpRequest request)
    {
        var details = new Dictionary<string, string> { ["method"] = request.Method, ["path"] = request.Path.ToString() };
        if (QueryOf(request) is { Length: > 0 } query)
        {
            details["query"] = query;
        }

        return details;
    }

    /// <summary>Without the token that some senders can put nowhere else.</summary>
    private static string QueryOf(HttpRequest request) =>
        string.Join('&', request.Query.Where(q => !string.Equals(q.Key, "code", StringComparison.OrdinalIgnoreCase)).Select(q => $"{q.Key}={q.Value}"));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function}: the audit trail could not be written: {Reason}")]
    private static partial void LogNotRecorded(ILogger logger, string function, string reason);
}
