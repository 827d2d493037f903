using System.Net;
using Nightwatch.Domain.Governance.Outbound;

namespace Nightwatch.Adapters.Http;

/// <summary>The proxy of the settings for all hosts that these do not exempt; the environment's own proxy variables are never read.</summary>
internal sealed class OutboundProxy : IWebProxy
{
    private readonly OutboundRules rules;
    private readonly Uri address;

    public OutboundProxy(OutboundRules rules, Uri proxy)
    {
        this.rules = rules;
        address = new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;
        var parts = proxy.UserInfo.Split(':', 2);
        Credentials = proxy.UserInfo.Length == 0
            ? null
            : new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : address;

    public bool IsBypassed(Uri host) => !rules.UsesProxy(host);
}
