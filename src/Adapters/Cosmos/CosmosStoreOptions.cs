using Microsoft.Extensions.Configuration;
using Nightwatch.Adapters.Http;

namespace Nightwatch.Adapters.Cosmos;

/// <summary>Which Cosmos DB account, database and container, and how to get in.</summary>
internal sealed record CosmosStoreOptions
{
    public required Uri Endpoint { get; init; }

    /// <summary>The account's key (base64); null to sign in with the identity that the process has. Kept out of ToString, which records print.</summary>
    public string? Key { get; init; }

    /// <summary>Client id of a user-assigned managed identity; null for whichever there is.</summary>
    public string? ClientId { get; init; }

    public string Database { get; init; } = "nightwatch";

    public string Container { get; init; } = "documents";

    /// <summary>Creates the database and the container when they are missing.</summary>
    public bool Create { get; init; }

    /// <summary>For one call of the port, waiting and repeating included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Null when no setting names an account, which means that the store is the embedded one.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; its message names the key and shows no secret.</exception>
    public static CosmosStoreOptions? Read(IConfiguration configuration)
    {
        var endpoint = configuration["COSMOS_ENDPOINT"];
        var connection = configuration["COSMOS_CONNECTION_STRING"];
        var key = configuration["COSMOS_KEY"];
        if (string.IsNullOrWhiteSpace(endpoint) && string.IsNullOrWhiteSpace(connection))
        {
            return string.IsNullOrWhiteSpace(key) ? null : throw SourceOptions.Wrong("COSMOS_KEY", "is set, but COSMOS_ENDPOINT is not");
        }

        if (!string.IsNullOrWhiteSpace(connection))
        {
            if (!string.IsNullOrWhiteSpace(endpoint) || !string.IsNullOrWhiteSpace(key))
            {
                throw SourceOptions.Wrong("COSMOS_CONNECTION_STRING", "stands for COSMOS_ENDPOINT and COSMOS_KEY; set it or those, not both");
            }

            (endpoint, key) = Split(connection);
        }

        return new CosmosStoreOptions
        {
            Endpoint = ReadEndpoint(endpoint!, string.IsNullOrWhiteSpace(connection) ? "COSMOS_ENDPOINT" : "COSMOS_CONNECTION_STRING", key),
            Key = ReadKey(key, string.IsNullOrWhiteSpace(connection) ? "COSMOS_KEY" : "COSMOS_CONNECTION_STRING"),
            ClientId = configuration["AZURE_CLIENT_ID"] is { Length: > 0 } id ? id : null,
            Database = ReadName(configuration["COSMOS_DATABASE"], "COSMOS_DATABASE", "nightwatch"),
            Container = ReadName(configuration["COSMOS_CONTAINER"], "COSMOS_CONTAINER", "documents"),
            Create = ReadSwitch(configuration["COSMOS_CREATE"], "COSMOS_CREATE"),
            Timeout = TimeSpan.FromSeconds(SourceOptions.ReadNumber(configuration["COSMOS_TIMEOUT_SECONDS"], "COSMOS_TIMEOUT_SECONDS", 15, 1, 120)),
        };
    }

    public override string ToString() => $"{Database}/{Container} at {Endpoint.Authority}";

    private static (string? Endpoint, string? Key) Split(string connection)
    {
        string? endpoint = null, key = null;
        foreach (var part in connection.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            switch (equals < 0 ? "" : part[..equals].ToUpperInvariant())
            {
                case "ACCOUNTENDPOINT": endpoint = part[(equals + 1)..]; break;
                case "ACCOUNTKEY": key = part[(equals + 1)..]; break;
                default: break;
            }
        }

        return string.IsNullOrEmpty(endpoint) || string.IsNullOrEmpty(key)
            ? throw SourceOptions.Wrong("COSMOS_CONNECTION_STRING", "must hold AccountEndpoint=...;AccountKey=...")
            : (endpoint, key);
    }

    private static Uri ReadEndpoint(string text, string setting, string? key)
    {
        var url = SourceOptions.ReadUrl(text, setting);
        if (url.UserInfo.Length > 0)
        {
            throw SourceOptions.Wrong(setting, "must hold no credentials");
        }

        // A token of the identity would travel readable; a key only signs, which is good enough for an emulator on this machine.
        if (url.Scheme == Uri.UriSchemeHttp && (string.IsNullOrWhiteSpace(key) || !url.IsLoopback))
        {
            throw SourceOptions.Wrong(setting, "must begin with https (http is for an emulator on this machine, with a key)");
        }

        return SourceOptions.AsBase(url);
    }

    private static string? ReadKey(string? text, string setting)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var key = text.Trim();
        return Convert.TryFromBase64String(key, new byte[key.Length], out var length) && length >= 16
            ? key
            : throw SourceOptions.Wrong(setting, "must hold the account's key in base64");
    }

    private static string ReadName(string? text, string setting, string fallback)
    {
        var name = string.IsNullOrWhiteSpace(text) ? fallback : text.Trim();
        return name.Length <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw SourceOptions.Wrong(setting, "must be at most 255 letters, digits, dashes and underscores");
    }

    private static bool ReadSwitch(string? text, string setting) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" or "false" => false,
        "true" => true,
        _ => throw SourceOptions.Wrong(setting, "must be true or false"),
    };
}
