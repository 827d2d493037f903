using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nightwatch.Domain.Governance;

namespace Nightwatch.Functions.Http;

/// <summary>Finds the token that a request carries, in the three places where the senders of webhooks can put one.</summary>
public static class CallerCredentials
{
    private const int MaxTokenLength = 4096;

    /// <summary>The token of `Authorization: Bearer`, the password of `Authorization: Basic`, or the query's `code`; null when there is none.</summary>
    public static string? TokenOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length > MaxTokenLength)
        {
            return "";
        }

        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return authorization["Bearer ".Length..].Trim();
        }

        if (authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return PasswordOf(authorization["Basic ".Length..].Trim());
        }

        if (authorization.Length > 0)
        {
            return "";
        }

        return request.Query.TryGetValue("code", out var code) && code.Count > 0 ? Bounded(code[0]!) : null;
    }

    /// <summary>Lower-case hexadecimal SHA-256, as the settings have it; null for an empty token, which nobody has.</summary>
    public static string? HashOf(string token) => token.Length == 0 ? null : TextHash.Of(token);

    /// <summary>True when the hash is one of the known ones; takes the same time whichever it is.</summary>
    public static bool Matches(string? hash, IReadOnlyList<string> knownHashes)
    {
        var found = false;
        foreach (var known in knownHashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(hash.AsSpan()), MemoryMarshal.AsBytes(known.AsSpan()));
        }

        return found;
    }

    private static string PasswordOf(string encoded)
    {
        var buffer = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, buffer, out var written))
        {
            return "";
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, written);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : pair[(colon + 1)..];
    }

    private static string Bounded(string token) => token.Length > MaxTokenLength ? "" : token;
}
