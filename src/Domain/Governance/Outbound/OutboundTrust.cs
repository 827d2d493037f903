namespace Nightwatch.Domain.Governance.Outbound;

/// <summary>Who chose where a client goes, and with it where it may go.</summary>
public sealed record OutboundTrust
{
    private OutboundTrust(IReadOnlyList<Uri> named, bool others)
    {
        Named = [.. named.Select(u => (HostName.Normalise(u.IdnHost), u.Port))];
        Others = others;
    }

    /// <summary>Users chose at run time: public addresses, and what the allow-list names.</summary>
    public static OutboundTrust User { get; } = new([], others: true);

    /// <summary>Hosts (normalised) and ports that the operator's settings name.</summary>
    public IReadOnlyList<(string Host, int Port)> Named { get; }

    /// <summary>Whether hosts that are not named are judged as if a user had chosen them; otherwise they are refused.</summary>
    public bool Others { get; }

    /// <summary>The operator's settings chose: exactly these hosts and ports, wherever they are but on a cloud's platform.</summary>
    public static OutboundTrust Operator(params IEnumerable<Uri> named) => new([.. named], others: false);

    /// <summary>The operator's settings chose, and what answers there may name further hosts (an OpenID provider's keys): those are judged as a user's.</summary>
    public static OutboundTrust OperatorAndOthers(params IEnumerable<Uri> named) => new([.. named], others: true);

    public bool Names(string normalisedHost, int port)
    {
        foreach (var (host, itsPort) in Named)
        {
            if (itsPort == port && host == normalisedHost)
            {
                return true;
            }
        }

        return false;
    }
}
