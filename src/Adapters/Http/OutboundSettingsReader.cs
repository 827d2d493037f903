using Microsoft.Extensions.Configuration;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

internal static class OutboundSettingsReader
{
    /// <summary>Reads the keys that <see cref="OutboundSettings"/> names; lists are separated by commas or blanks.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static OutboundSettings Read(IConfiguration configuration) => new()
    {
        Allow = Entries(configuration[OutboundSettings.AllowKey], OutboundSettings.AllowKey),
        AllowPublic = configuration[OutboundSettings.PublicKey]?.Trim() switch
        {
            null or "" or "allow" => true,
            "refuse" => false,
            _ => throw SourceOptions.Wrong(OutboundSettings.PublicKey, "must be allow or refuse"),
        },
        Proxy = Proxy(configuration[OutboundSettings.ProxyKey]),
        NoProxy = Entries(configuration[OutboundSettings.NoProxyKey], OutboundSettings.NoProxyKey),
    };

    private static IReadOnlyList<OutboundEntry> Entries(string? text, string key) =>
    [
        .. (text ?? "").Split([',', ' ', '\t', '\n', '\r', ';'], StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => OutboundEntry.Parse(entry) ?? throw SourceOptions.Wrong(
                key, $"has the entry {FailureText.Shorten(entry)}, which is neither a host name, *.domain.name, an address nor a CIDR range, with an optional :port")),
    ];

    private static Uri? Proxy(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var url = SourceOptions.ReadUrl(text, OutboundSettings.ProxyKey);
        return url.AbsolutePath == "/" ? url : throw SourceOptions.Wrong(OutboundSettings.ProxyKey, "must have no path");
    }
}
