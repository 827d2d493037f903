namespace Nightwatch.Adapters.OpenIdConnect;

/// <summary>A provider did not answer, or not as OpenID Connect says; the message is one line for the log.</summary>
internal sealed class ProviderFailureException(string message, Exception? inner = null) : Exception(message, inner);
