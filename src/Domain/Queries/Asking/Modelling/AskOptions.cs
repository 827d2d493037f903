namespace Nightwatch.Domain.Queries.Asking.Modelling;

/// <summary>How a model takes part in answering questions.</summary>
public sealed record AskOptions
{
    public const string ModelTimeoutKey = "ASK_MODEL_TIMEOUT_SECONDS";

    /// <summary>For all that a model does for one question, its lookups and its second try included; then the rules answer.</summary>
    public TimeSpan ModelTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
