using Microsoft.AspNetCore.Http;
using Nightwatch.Functions.Http;

namespace Nightwatch.Functions.Limits;

/// <summary>The size of a request, before anything of it is worked on; its body is bounded while it is read.</summary>
public static class RequestBounds
{
    /// <summary>Null when the request may go on; its body then ends with a fault at its bound of size or time.</summary>
    /// <param name="isIntake">An intake has a body bound of its own, and only its time is bounded here.</param>
    public static IResult? Check(HttpContext http, LimitsOptions limits, bool isIntake)
    {
        var request = http.Request;
        if (request.Path.Value!.Length + request.QueryString.Value!.Length > limits.MaxUrlLength)
        {
            return Answers.Problem(StatusCodes.Status414UriTooLong, "The address is too long", $"Path and query may have {limits.MaxUrlLength} characters together.");
        }

        if (AreHeadersTooLarge(request.Headers, limits))
        {
            return Answers.Problem(
                StatusCodes.Status431RequestHeaderFieldsTooLarge,
                "The headers are too large",
                $"A request may have {limits.MaxHeaders} headers of {limits.MaxHeaderLength} characters together.");
        }

        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.AcceptEncoding = "identity";
            return Answers.Problem(
                StatusCodes.Status415UnsupportedMediaType, "The body is compressed", "Send the body plain: Content-Encoding is not taken.", "Content-Encoding");
        }

        if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0 || request.Protocol is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            var most = isIntake ? long.MaxValue : limits.MaxBodyBytes;
            if (request.ContentLength > most)
            {
                return Answers.Problem(
                    StatusCodes.Status413PayloadTooLarge, "The body is too large", $"The body has {request.ContentLength} bytes; at most {most} are taken.");
            }

            var body = new BoundedBody(request.Body, most, limits.BodyTime, http);
            request.Body = body;
            http.Response.RegisterForDispose(body);
        }

        return null;
    }

    private static bool AreHeadersTooLarge(IHeaderDictionary headers, LimitsOptions limits)
    {
        if (headers.Count > limits.MaxHeaders)
        {
            return true;
        }

        var length = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                length += name.Length + (value?.Length ?? 0);
            }
        }

        return length > limits.MaxHeaderLength;
    }
}
