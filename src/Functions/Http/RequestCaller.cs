using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance.Access;

namespace Nightwatch.Functions.Http;

/// <summary>The caller that the authorisation middleware let through.</summary>
public static class RequestCaller
{
    /// <summary>Where the middleware puts it.</summary>
    public const string Key = "nightwatch.caller";

    /// <exception cref="InvalidOperationException">Nobody was identified: the function is public and must not ask.</exception>
    public static Caller Caller(this HttpRequest request) =>
        request.HttpContext.Items[Key] as Caller ?? throw new InvalidOperationException("The request went past the authorisation middleware without a caller.");
}
