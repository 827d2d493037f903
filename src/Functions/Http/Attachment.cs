using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nightwatch.Functions.Http;

/// <summary>Names a download (RFC 6266). The name may hold text from outside: only letters, digits, dots, dashes and underscores of ASCII are left of it.</summary>
public static class Attachment
{
    private const int MaxLength = 100;

    /// <param name="name">With its ending, such as audit-2026-11.csv.</param>
    public static void Name(HttpResponse response, string name) => response.Headers.ContentDisposition = $"attachment; filename=\"{Safe(name)}\"";

    internal static string Safe(string name)
    {
        var safe = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, MaxLength)))
        {
            safe.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && safe.Length > 0 && safe[^1] != '.') ? c : '_');
        }

        return safe.Length == 0 ? "download" : safe.ToString();
    }
}
