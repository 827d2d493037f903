namespace Nightwatch.Domain.Governance.SignIn;

/// <summary>Either the identity or why there is none.</summary>
public readonly record struct TokenVerdict
{
    private TokenVerdict(VerifiedIdentity? identity, Refusal? refusal)
    {
        Identity = identity;
        Refusal = refusal;
    }

    public VerifiedIdentity? Identity { get; }

    public Refusal? Refusal { get; }

    public static TokenVerdict Of(VerifiedIdentity identity) => new(identity, null);

    public static TokenVerdict No(Refusal refusal) => new(null, refusal);
}

/// <summary>Verifies the JSON Web Tokens that callers of the API carry.</summary>
public interface ITokenVerifier
{
    /// <summary>True when at least one issuer is configured for it; otherwise every token is refused.</summary>
    bool AcceptsTokens { get; }

    Task<TokenVerdict> VerifyAsync(string token, CancellationToken cancellationToken);
}
