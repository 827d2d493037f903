using System.Net;
using System.Net.Sockets;

namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>Which rule refused.</summary>
public enum OutboundRule
{
    Scheme,
    UserInfo,
    HostHeader,
    PlatformAddress,
    PrivateAddress,
    NotNamed,
    NotListed,
    ProxyItself,
    Redirect,
}

/// <summary>Why a request may not leave: one sentence for people that names the rule and the setting that would allow it, and no address that was resolved.</summary>
public sealed record OutboundRefusal(OutboundRule Rule, string Message);

/// <summary>
/// The rules of what may leave, without any input or output. A URL is judged before a request is sent; the addresses that its host leads to are judged when
/// a connection is made, and it is made to no other than these.
/// </summary>
public sealed class OutboundRules(OutboundSettings settings, OutboundTrust trust)
{
    /// <summary>Judges a URL by what it says: scheme, user information, host name or address, port.</summary>
    public OutboundRefusal? CheckUrl(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return new(OutboundRule.Scheme, "only http and https addresses are allowed (rule scheme)");
        }

        if (url.UserInfo.Length > 0)
        {
            return new(OutboundRule.UserInfo, "an address must not hold a user name or a password (rule user-info); use the field for credentials");
        }

        var host = HostName.Normalise(url.IdnHost);
        if (HostName.IsPlatform(host) && !settings.Allow.Any(e => !e.Below && e.Names(host, url.Port)))
        {
            return Platform(url.Authority);
        }

        if (trust.Names(host, url.Port))
        {
            return null;
        }

        if (!trust.Others)
        {
            return new(OutboundRule.NotNamed, $"{url.Authority} is not the address that the settings name (rule named-only)");
        }

        if (settings.Proxy is { } proxy && host == HostName.Normalise(proxy.IdnHost) && url.Port == proxy.Port)
        {
            return new(OutboundRule.ProxyItself, $"{url.Authority} is not allowed (rule proxy): it is the way out, not a place to go to");
        }

        return IPAddress.TryParse(host, out var address) ? CheckAddress(url.IdnHost, url.Port, address) : CheckName(host, url);
    }

    /// <summary>Whether the request goes through the proxy, which then resolves the name.</summary>
    public bool UsesProxy(Uri url)
    {
        var host = HostName.Normalise(url.IdnHost);
        return settings.Proxy is not null
            && !settings.NoProxy.Any(e => e.Names(host, url.Port) || (IPAddress.TryParse(host, out var address) && e.Holds(address, url.Port)));
    }

    /// <summary>
    /// Judges one address that a host leads to. When the host is the address itself, the message may say what kind it is; of a name it does not tell more
    /// than that it is not public.
    /// </summary>
    public OutboundRefusal? CheckAddress(string host, int port, IPAddress address)
    {
        var name = HostName.Normalise(host);
        var kind = AddressKinds.Of(address);
        var authority = name.Contains(':', StringComparison.Ordinal) ? $"[{name}]:{port}" : $"{name}:{port}";
        if (AddressKinds.IsPlatform(kind))
        {
            return settings.Allow.Any(e => e.Holds(address, port) && IsWithin(e, kind)) ? null : Platform(authority);
        }

        if (trust.Names(name, port))
        {
            return null;
        }

        if (!trust.Others)
        {
            return new(OutboundRule.NotNamed, $"{authority} is not the address that the settings name (rule named-only)");
        }

        if (settings.Allow.Any(e => e.Holds(address, port) || (e.Names(name, port) && MayLeadTo(e, kind))))
        {
            return null;
        }

        return kind == AddressKind.Public
            ? settings.AllowPublic ? null : NotListed(authority)
            : new(
                OutboundRule.PrivateAddress,
                $"{authority} is not allowed: it is not a public address (rule private-address). An administrator can allow it in {OutboundSettings.AllowKey}");
    }

    private OutboundRefusal? CheckName(string host, Uri url)
    {
        var listed = settings.Allow.Any(e => e.Names(host, url.Port));
        // Ranges may still allow the address when it is known; behind a proxy it never is, so that only names count.
        return listed ? null
            : UsesProxy(url)
                ? new(
                    OutboundRule.NotListed,
                    $"{url.Authority} is not allowed: behind a proxy only listed names are (rule listed-only). An administrator can list it in {OutboundSettings.AllowKey}")
            : settings.AllowPublic || settings.Allow.Any(e => e.Range is not null) ? null : NotListed(url.Authority);
    }

    /// <summary>A whole domain may lead to private networks, but whoever may add a name to it shall not reach this machine; an exact name may.</summary>
    private static bool MayLeadTo(OutboundEntry entry, AddressKind kind) => kind switch
    {
        AddressKind.Public or AddressKind.Private or AddressKind.Shared or AddressKind.UniqueLocal => true,
        AddressKind.Loopback => !entry.Below,
        _ => false,
    };

    /// <summary>Only a range that lies wholly on the platform's side speaks of it: 0.0.0.0/0 does not mean to.</summary>
    private static bool IsWithin(OutboundEntry entry, AddressKind kind) =>
        entry.Range is { } range
        && AddressKinds.IsPlatform(AddressKinds.Of(range.BaseAddress))
        && (kind != AddressKind.LinkLocal || range.PrefixLength >= (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 16 : 10))
        && (kind != AddressKind.Metadata || range.PrefixLength >= 32);

    private static OutboundRefusal NotListed(string authority) => new(
        OutboundRule.NotListed, $"{authority} is not allowed: it is not listed (rule listed-only). An administrator can list it in {OutboundSettings.AllowKey}");

    private static OutboundRefusal Platform(string authority) => new(
        OutboundRule.PlatformAddress,
        $"{authority} is not allowed: it belongs to a cloud's platform (rule platform-address). Only an exact entry in {OutboundSettings.AllowKey} would allow it");
}
