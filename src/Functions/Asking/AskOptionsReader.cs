using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Nightwatch.Domain.Queries.Asking.Modelling;

namespace Nightwatch.Functions.Asking;

/// <summary>How a model takes part in answering questions, as the settings say; a wrong one stops the start and names the key.</summary>
internal static class AskOptionsReader
{
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static AskOptions Read(IConfiguration configuration) => configuration[AskOptions.ModelTimeoutKey] is not { Length: > 0 } text ? new AskOptions()
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 120
            ? new AskOptions { ModelTimeout = TimeSpan.FromSeconds(seconds) }
            : throw new OptionsValidationException(AskOptions.ModelTimeoutKey, typeof(AskOptions), [$"{AskOptions.ModelTimeoutKey} must be a whole number from 1 to 120."]);
}
