using System.Text;

namespace Nightwatch.Domain.Investigations.Writing;

/// <summary>Puts text from outside into Markdown so that it is shown and not obeyed.</summary>
public static class MarkdownText
{
    /// <summary>One line of plain text: what Markdown or HTML would read as markup is escaped, line ends become spaces.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '&' => result.Append("&amp;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '(' or ')' or '!' or '#' or '|' or '~' or '{' or '}' => result.Append('\\').Append(c),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => result.Append(' '),
                _ => result.Append(c),
            };
        }

        // An address alone would become a link in many renderers.
        return result.Replace("://", ":&#47;&#47;").Replace("www.", "www&#46;").ToString().Trim();
    }

    /// <summary>Inline code that shows the text exactly; the fence is longer than any run of backticks in it.</summary>
    public static string Code(string text)
    {
        var clean = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        var (longest, run) = (0, 0);
        foreach (var c in clean)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        return clean.Length == 0 ? "" : longest == 0 ? $"`{clean}`" : $"{fence} {clean} {fence}";
    }

    /// <summary>A link to an http or https address, or nothing for any other.</summary>
    public static string Link(string label, string? address) =>
        address is not null && Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && address.Length <= 16_000
            ? $"[{Escape(label)}](<{new Uri(address).AbsoluteUri.Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)}>)"
            : "";

    /// <summary>A model's Markdown with what could be HTML taken out; links and images were refused before.</summary>
    public static string Sanitise(string markdown) =>
        markdown
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("](", "]\\(", StringComparison.Ordinal)
            .Replace("://", ":&#47;&#47;", StringComparison.Ordinal);
}
