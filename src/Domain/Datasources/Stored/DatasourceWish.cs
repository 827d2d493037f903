using System.Text.Json;
using System.Text.Json.Serialization;
using Nightwatch.Domain.Governance.Secrets;

namespace Nightwatch.Domain.Datasources.Stored;

/// <summary>What somebody wants a datasource to be. What is left out gets its default; a credential that is left out stays as it is stored.</summary>
public sealed record DatasourceWish
{
    public string? Name { get; init; }

    public string? Type { get; init; }

    public string? Url { get; init; }

    public string? ExternalUrl { get; init; }

    /// <summary>Null keeps what is stored; kind none removes it.</summary>
    public DatasourceAuthWish? Auth { get; init; }

    public string? OrgId { get; init; }

    public string? CaCertificate { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? MaxAnswerMegabytes { get; init; }

    public DatasourceThrough? Through { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

public sealed record DatasourceAuthWish
{
    /// <summary>Left out: as it is stored, or what follows from the credentials that are given.</summary>
    public DatasourceAuthKind? Kind { get; init; }

    public string? Username { get; init; }

    public string? HeaderName { get; init; }

    public GivenSecret Token { get; init; }

    public GivenSecret Password { get; init; }

    public GivenSecret HeaderValue { get; init; }

    public GivenSecret Certificate { get; init; }

    public GivenSecret PrivateKey { get; init; }

    public GivenSecret this[string credential] => credential switch
    {
        DatasourceCredentials.Token => Token,
        DatasourceCredentials.Password => Password,
        DatasourceCredentials.HeaderValue => HeaderValue,
        DatasourceCredentials.Certificate => Certificate,
        DatasourceCredentials.PrivateKey => PrivateKey,
        _ => default,
    };
}

/// <summary>A credential in a wish: left out, removed (null), or given.</summary>
[JsonConverter(typeof(GivenSecretConverter))]
public readonly record struct GivenSecret(bool IsGiven, SecretText? Text)
{
    public bool IsRemoved => IsGiven && Text is null;

    public static GivenSecret Of(string text) => new(true, new SecretText(text));
}

public sealed class GivenSecretConverter : JsonConverter<GivenSecret>
{
    private static readonly SecretTextConverter Inner = new();

    public override bool HandleNull => true;

    public override GivenSecret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(true, reader.TokenType == JsonTokenType.Null ? null : Inner.Read(ref reader, typeof(SecretText), options));

    public override void Write(Utf8JsonWriter writer, GivenSecret value, JsonSerializerOptions options) =>
        throw new NotSupportedException("A secret is not written as JSON.");
}
