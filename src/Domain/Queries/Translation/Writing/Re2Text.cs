using System.Buffers;
using System.Text;

namespace Nightwatch.Domain.Queries.Translation.Writing;

/// <summary>Plain text as an RE2 pattern that matches exactly it.</summary>
internal static class Re2Text
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\\.+*?()|[]{}^$");

    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            escaped.Append(Special.Contains(c) ? "\\" : "").Append(c);
        }

        return escaped.ToString();
    }
}
