namespace Nightwatch.Domain.Governance.Masking;

/// <summary>The classes of text that masking knows. A policy is a set of them.</summary>
[Flags]
public enum SensitiveData
{
    None = 0,

    /// <summary>Keys in PEM form, also with escaped line ends, and age keys.</summary>
    PrivateKey = 1 << 0,

    /// <summary>Credentials that a vendor's own format gives away.</summary>
    KnownToken = 1 << 1,

    /// <summary>JSON web tokens, signed or encrypted (RFC 7519).</summary>
    WebToken = 1 << 2,

    /// <summary>Values of an Authorization or cookie header, and user:password of a command line.</summary>
    Authorization = 1 << 3,

    /// <summary>The password, or a token as the user, in the authority of a URL (RFC 3986).</summary>
    UrlCredential = 1 << 4,

    /// <summary>Values whose name tells that they are secret, and the data of Kubernetes Secrets.</summary>
    NamedSecret = 1 << 5,

    Email = 1 << 6,

    /// <summary>International phone numbers (E.164), and numbers named phone, mobile or tel.</summary>
    Phone = 1 << 7,

    /// <summary>Payment card numbers with a valid check digit (ISO/IEC 7812).</summary>
    Card = 1 << 8,

    /// <summary>Account numbers with a valid checksum (ISO 13616).</summary>
    Iban = 1 << 9,

    /// <summary>National ids whose form or checksum can be verified; bare digits only beside a name that tells.</summary>
    NationalId = 1 << 10,

    /// <summary>IPv4 and IPv6 addresses. Off unless a policy asks, since an operator needs them.</summary>
    IpAddress = 1 << 11,

    /// <summary>What the policy's own patterns find.</summary>
    Custom = 1 << 12,

    Credentials = PrivateKey | KnownToken | WebToken | Authorization | UrlCredential | NamedSecret,
    Personal = Email | Phone | Card | Iban | NationalId,
}
