using Nightwatch.Domain.Governance.Secrets;
using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Datasources.Stored;

public enum DatasourceAuthKind
{
    None,
    Bearer,
    Basic,

    /// <summary>A client certificate alone; it may also go along with any of the others.</summary>
    Certificate,

    /// <summary>One header of the owner's choice.</summary>
    Header,
}

/// <summary>How we show who we are, without what is secret of it.</summary>
public sealed record DatasourceAuth
{
    public static DatasourceAuth Nobody { get; } = new();

    public DatasourceAuthKind Kind { get; init; }

    public string? Username { get; init; }

    public string? HeaderName { get; init; }
}

/// <summary>A source that is asked through a Grafana: the Grafana's id here, and the source's uid there.</summary>
public sealed record DatasourceThrough(string Datasource, string Uid);

/// <summary>A source that people added at run time. Its credentials are envelopes, each bound to the type and the address that it was given for.</summary>
public sealed record Datasource : IHoldSecrets<Datasource>
{
    public const int DefaultTimeoutSeconds = 15;
    public const int DefaultMaxAnswerMegabytes = 32;

    /// <summary>The name in lower case. It never changes, since scopes and questions call the source by it.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>See <see cref="DatasourceTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Base address without credentials; null for one that is asked through a Grafana.</summary>
    public Uri? Url { get; init; }

    /// <summary>Address that people's browsers reach, for links; the same as <see cref="Url"/> when null.</summary>
    public Uri? ExternalUrl { get; init; }

    public DatasourceAuth Auth { get; init; } = DatasourceAuth.Nobody;

    /// <summary>Envelopes by <see cref="DatasourceCredentials"/>.</summary>
    public IReadOnlyDictionary<string, string> Credentials { get; init; } = new Dictionary<string, string>();

    /// <summary>X-Scope-OrgID of Prometheus-compatible sources and Loki, X-Grafana-Org-Id of Grafana.</summary>
    public string? OrgId { get; init; }

    /// <summary>PEM of the authority that the source's own certificate comes from; null trusts what the machine trusts.</summary>
    public string? CaCertificate { get; init; }

    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    public int MaxAnswerMegabytes { get; init; } = DefaultMaxAnswerMegabytes;

    public DatasourceThrough? Through { get; init; }

    /// <summary>What it serves, such as application or environment.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Counts the changes, from 1.</summary>
    public int Version { get; init; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    public static DocumentType<Datasource> StoredType { get; } = new() { Name = "datasources" };

    /// <summary>What a credential is for: it opens for this type at this address only, also for one who can write the store.</summary>
    private string Target => $"{Type} {Url}";

    public SecretContext ContextOf(string tenant, string credential) =>
        new() { Tenant = tenant, Kind = StoredType.Name, Id = Id, Field = $"{credential} for {Target}" };

    public IReadOnlyList<HeldSecret> SecretsOf(Document<Datasource> stored) =>
        [.. Credentials.Select(c => new HeldSecret(ContextOf(stored.PartitionKey, c.Key) with { Id = stored.Id }, c.Value))];

    public Datasource WithEnvelopes(IReadOnlyDictionary<string, string> envelopes) => this with
    {
        Credentials = Credentials.ToDictionary(c => c.Key, c => envelopes.GetValueOrDefault($"{c.Key} for {Target}", c.Value), StringComparer.Ordinal),
    };

    public override string ToString() => $"{Name} ({Type})";
}

/// <summary>The types that are asked directly; every other name is one that a Grafana knows, and is asked through it.</summary>
public static class DatasourceTypes
{
    public const string Prometheus = "prometheus";
    public const string Loki = "loki";
    public const string Grafana = "grafana";
    public const string Alertmanager = "alertmanager";

    public static IReadOnlyList<string> Direct { get; } = [Prometheus, Loki, Grafana, Alertmanager];
}

/// <summary>Names of the credentials, as they stand in a wish.</summary>
public static class DatasourceCredentials
{
    public const string Token = "token";
    public const string Password = "password";
    public const string HeaderValue = "headerValue";
    public const string Certificate = "certificate";
    public const string PrivateKey = "privateKey";

    private static readonly string[] Pair = [Certificate, PrivateKey];

    /// <summary>Those that a kind has a use for.</summary>
    public static IReadOnlyList<string> Of(DatasourceAuthKind kind) => kind switch
    {
        DatasourceAuthKind.None => [],
        DatasourceAuthKind.Bearer => [Token, .. Pair],
        DatasourceAuthKind.Basic => [Password, .. Pair],
        DatasourceAuthKind.Header => [HeaderValue, .. Pair],
        _ => Pair,
    };

    /// <summary>Those that a kind cannot do without. A basic user may have no password.</summary>
    public static IReadOnlyList<string> NeededBy(DatasourceAuthKind kind) => kind switch
    {
        DatasourceAuthKind.Bearer => [Token],
        DatasourceAuthKind.Header => [HeaderValue],
        DatasourceAuthKind.Certificate => Pair,
        _ => [],
    };
}
