using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Nightwatch.Functions.Http;

/// <summary>
/// What no other function answers to: a browser's preflight, a method that a path does not take, a path that is not there. Without it both runtimes would
/// answer with an empty body, each in its own way.
/// </summary>
public sealed class UnknownRouteApi(RouteTable routes)
{
    [Function("UnknownRoute")]
    [Public]
    public IResult Answer(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "api/{*path}")] HttpRequest request)
    {
        var methods = routes.MethodsOf(request.Path);
        if (methods.Count == 0)
        {
            return Answers.NotFound("route of this path");
        }

        request.HttpContext.Response.Headers.Allow = string.Join(", ", methods);
        return HttpMethods.IsOptions(request.Method)
            ? Results.NoContent()
            : Answers.Problem(
                StatusCodes.Status405MethodNotAllowed, "The method is not taken", $"This path takes {string.Join(", ", methods)}, not {request.Method}.");
    }
}
