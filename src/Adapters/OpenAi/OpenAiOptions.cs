using Microsoft.Extensions.Configuration;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.OpenAi;

/// <summary>An OpenAI-compatible endpoint (OpenAI, Azure OpenAI's /openai/v1/, Ollama, vLLM, Groq, ...).</summary>
internal sealed record OpenAiOptions
{
    public required Uri Endpoint { get; init; }

    public required string Model { get; init; }

    /// <summary>Null for an endpoint that asks for none. Kept out of ToString, which records print.</summary>
    public string? Key { get; init; }

    /// <summary>Time for the whole answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Time without a word, the first one included.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null when nothing is configured, which means that there is no model.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static OpenAiOptions? Read(IConfiguration configuration)
    {
        var endpoint = configuration["OPENAI_ENDPOINT"];
        var key = configuration["OPENAI_API_KEY"];
        var model = configuration["OPENAI_MODEL"];
        if (string.IsNullOrWhiteSpace(endpoint) && string.IsNullOrWhiteSpace(key))
        {
            return string.IsNullOrWhiteSpace(model)
                ? null
                : throw SourceOptions.Wrong("OPENAI_MODEL", "is set, but neither OPENAI_ENDPOINT nor OPENAI_API_KEY is");
        }

        if (string.IsNullOrWhiteSpace(model) || model.Length > 128 || model.Any(char.IsControl))
        {
            throw SourceOptions.Wrong("OPENAI_MODEL", "must name a model (at most 128 characters)");
        }

        if (key?.Any(c => c is < '!' or > '~') == true)
        {
            throw SourceOptions.Wrong("OPENAI_API_KEY", "must be printable ASCII without blanks");
        }

        var url = SourceOptions.ReadUrl(string.IsNullOrWhiteSpace(endpoint) ? "https://api.openai.com/v1" : endpoint, "OPENAI_ENDPOINT");
        return new OpenAiOptions
        {
            Endpoint = url.UserInfo.Length == 0
                ? SourceOptions.AsBase(url)
                : throw SourceOptions.Wrong("OPENAI_ENDPOINT", "must hold no credentials; use OPENAI_API_KEY"),
            Model = model.Trim(),
            Key = string.IsNullOrEmpty(key) ? null : key,
            Timeout = TimeSpan.FromSeconds(SourceOptions.ReadNumber(configuration["OPENAI_TIMEOUT_SECONDS"], "OPENAI_TIMEOUT_SECONDS", 120, 1, 900)),
            StallTimeout = TimeSpan.FromSeconds(SourceOptions.ReadNumber(configuration["OPENAI_STALL_SECONDS"], "OPENAI_STALL_SECONDS", 30, 1, 900)),
        };
    }

    public override string ToString() => $"{Model} at {Endpoint}";
}
