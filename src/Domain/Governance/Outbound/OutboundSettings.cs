namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>What the operator allows to leave, for all clients alike.</summary>
public sealed record OutboundSettings
{
    public const string AllowKey = "NIGHTWATCH_OUTBOUND_ALLOW";
    public const string PublicKey = "NIGHTWATCH_OUTBOUND_PUBLIC";
    public const string ProxyKey = "NIGHTWATCH_OUTBOUND_PROXY";
    public const string NoProxyKey = "NIGHTWATCH_OUTBOUND_NO_PROXY";

    public IReadOnlyList<OutboundEntry> Allow { get; init; } = [];

    /// <summary>False refuses to users even public hosts that the allow-list does not name.</summary>
    public bool AllowPublic { get; init; } = true;

    /// <summary>Goes between us and every host but those in <see cref="NoProxy"/>, and resolves their names. May hold a user and a password.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Hosts that are reached directly although there is a proxy; matched by name, or by the address when the URL holds one.</summary>
    public IReadOnlyList<OutboundEntry> NoProxy { get; init; } = [];

    /// <summary>Without the proxy, which may hold a password.</summary>
    public override string ToString() => $"{Allow.Count} allowed, public {(AllowPublic ? "allowed" : "refused")}, {(Proxy is null ? "no proxy" : "a proxy")}";
}
