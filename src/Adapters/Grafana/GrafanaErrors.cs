using System.Text.Json;
using Nightwatch.Adapters.Http;
using Nightwatch.Domain.Datasources;

namespace Nightwatch.Adapters.Grafana;

/// <summary>Reads why Grafana refused: its own {"message"}, or the error of a query's result.</summary>
internal static class GrafanaErrors
{
    public static (SourceFailure Failure, string Message)? Explain(RefusedAnswer refused)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(refused.Body);
            if (problem.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var failure = SourceClient.FailureOf(refused.Status);
            return ErrorOf(problem) is { } error ? (failure, error)
                : problem.TryGetProperty("message", out var text) ? (failure, text.ToString())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What went wrong with a query that went through Grafana to a source behind it; null when it answers with no results.</summary>
    private static string? ErrorOf(JsonElement answer)
    {
        if (!answer.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var result in results.EnumerateObject())
        {
            if (result.Value.ValueKind == JsonValueKind.Object && result.Value.TryGetProperty("error", out var error) && error.GetString() is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }
}
