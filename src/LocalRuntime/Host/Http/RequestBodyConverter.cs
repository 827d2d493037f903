using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nightwatch.LocalRuntime.Host.Functions;

namespace Nightwatch.LocalRuntime.Host.Http;

/// <summary>[FromBody]: the request's JSON with MVC's JsonOptions, as the official integration reads it.</summary>
internal sealed class RequestBodyConverter : IInputConverter
{
    public async ValueTask<ConversionResult> ConvertAsync(ConverterContext context)
    {
        if (context.FunctionContext.GetHttpContext() is not { } http)
        {
            return ConversionResult.Failed(new InvalidOperationException("[FromBody] works in HTTP functions only."));
        }

        if (!http.Request.HasJsonContentType())
        {
            return ConversionResult.Failed(new BadHttpRequestException("The body must be JSON and its Content-Type must say so.", StatusCodes.Status415UnsupportedMediaType));
        }

        try
        {
            var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.JsonSerializerOptions;
            var value = await JsonSerializer.DeserializeAsync(http.Request.Body, context.TargetType, options, context.FunctionContext.CancellationToken);
            return value is null
                ? ConversionResult.Failed(new InvalidOperationException("The body is empty."))
                : ConversionResult.Success(value);
        }
        catch (Exception error) when (ValueConversion.IsBadJson(error))
        {
            return ConversionResult.Failed(error);
        }
    }
}
