namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>What an address is for, after the registries of special-purpose addresses of IANA (RFC 6890 and its updates).</summary>
public enum AddressKind
{
    /// <summary>Anybody's: reachable over the internet.</summary>
    Public,

    /// <summary>RFC 1918 and the local-use NAT64 prefix of RFC 8215.</summary>
    Private,

    /// <summary>Shared by carriers, RFC 6598.</summary>
    Shared,

    /// <summary>fc00::/7, and the site-local addresses that came before it.</summary>
    UniqueLocal,

    Loopback,

    /// <summary>169.254.0.0/16 and fe80::/10: where clouds answer for a machine's credentials.</summary>
    LinkLocal,

    /// <summary>Where a cloud's platform answers outside of the link-local ranges.</summary>
    Metadata,

    Multicast,

    Broadcast,

    /// <summary>0.0.0.0/8 and ::, which many systems take for themselves.</summary>
    Unspecified,

    Documentation,

    Benchmark,

    /// <summary>Set aside for protocols or for later; nothing of ours is there.</summary>
    Reserved,
}
