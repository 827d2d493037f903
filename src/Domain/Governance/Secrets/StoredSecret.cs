using Nightwatch.Domain.Storage;

namespace Nightwatch.Domain.Governance.Secrets;

/// <summary>A credential as it is stored: under its name in its tenant's partition, as an envelope.</summary>
public sealed record StoredSecret : IHoldSecrets<StoredSecret>
{
    public const int MaxNameLength = 128;

    public required string Name { get; init; }

    /// <summary>What it may be used for ("datasource:prometheus-eu"); part of what the envelope is bound to.</summary>
    public required string Purpose { get; init; }

    public required string Envelope { get; init; }

    public required DateTimeOffset SetAt { get; init; }

    /// <summary>Subject of who set it.</summary>
    public required string SetBy { get; init; }

    public static DocumentType<StoredSecret> Type { get; } = new() { Name = "secrets" };

    /// <summary>Letters, digits, dot, dash, underscore and colon; 1 to <see cref="MaxNameLength"/> characters. Names and purposes alike.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxNameLength } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':');

    public static SecretContext ContextOf(string tenant, string name, string purpose) =>
        new() { Tenant = tenant, Kind = Type.Name, Id = name, Field = purpose };

    /// <summary>Bound to where it is stored, not to what the document says of itself: a copied document does not open.</summary>
    public IReadOnlyList<HeldSecret> SecretsOf(Document<StoredSecret> stored) => [new(ContextOf(stored.PartitionKey, stored.Id, Purpose), Envelope)];

    public StoredSecret WithEnvelopes(IReadOnlyDictionary<string, string> envelopes) =>
        envelopes.TryGetValue(Purpose, out var envelope) ? this with { Envelope = envelope } : this;

    /// <summary>Without the envelope: it is of no use without the key, but of no use in a log either.</summary>
    public override string ToString() => $"{Name} for {Purpose}";
}

/// <summary>What people see of a stored secret: that it is there, and nothing of what it is.</summary>
public sealed record SecretSummary(string Name, string Purpose, string KeyId, DateTimeOffset SetAt, string SetBy);
