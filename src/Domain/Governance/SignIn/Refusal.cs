namespace Nightwatch.Domain.Governance.SignIn;

public enum RefusalKind
{
    /// <summary>The credentials are wrong, over, or not for us: 401.</summary>
    Credentials,

    /// <summary>The request may have been made by another site in the person's name: 403.</summary>
    Forgery,

    /// <summary>The issuer cannot be asked now, so nobody knows: 503.</summary>
    Unavailable,
}

/// <summary>Why credentials were not accepted.</summary>
/// <param name="Reason">For the log: exact, one line, without the credentials.</param>
/// <param name="Told">For the caller: no more than its owner may know.</param>
public sealed record Refusal(RefusalKind Kind, string Reason, string Told)
{
    private const string Vague = "The token was refused. The log of the server says why.";

    public static Refusal OfToken(string reason) => new(RefusalKind.Credentials, reason, Vague);

    public static Refusal OfToken(string reason, string told) => new(RefusalKind.Credentials, reason, told);

    public static Refusal Down(string reason) =>
        new(RefusalKind.Unavailable, reason, "The identity provider cannot be reached, so the sign-in could not be checked. Try again in a minute.");
}
