using System.Buffers;
using System.Text;

namespace Nightwatch.Domain.Serialization;

/// <summary>
/// Comma-separated values (RFC 4180) that are safe to open in a spreadsheet: a cell that a spreadsheet would take for a formula gets an apostrophe before it,
/// as OWASP advises against CSV injection. Plain negative numbers stay numbers.
/// </summary>
public sealed class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n;\t'");

    // The full-width forms are folded to the plain ones by spreadsheets of East Asian locales.
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n|%＝＋－＠");

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private readonly StringBuilder text = new();

    /// <summary>Writes one record; a null cell is empty.</summary>
    public CsvText Row(params ReadOnlySpan<string?> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            Append(cells[i] ?? "");
        }

        text.Append("\r\n");
        return this;
    }

    /// <summary>One cell as it stands in a record.</summary>
    public static string Cell(string value) => new CsvText().Append(value).text.ToString();

    public override string ToString() => text.ToString();

    private CsvText Append(string value)
    {
        var guard = IsFormula(value) ? "'" : "";
        if (!value.AsSpan().ContainsAny(Quoted) && guard.Length == 0 && !HasOuterSpace(value))
        {
            text.Append(value);
            return this;
        }

        text.Append('"').Append(guard).Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        return this;
    }

    /// <summary>Spaces and unseen characters in front do not keep a spreadsheet from taking what follows for a formula.</summary>
    private static bool IsFormula(string value)
    {
        if (value.Length > 0 && value[0] is '\t' or '\r' or '\n')
        {
            return true;
        }

        var seen = value.AsSpan().TrimStart(" \u00a0\u200b\ufeff\u3000\0");
        return seen.Length > 0 && Formula.Contains(seen[0]) && !IsNegativeNumber(seen);
    }

    private static bool IsNegativeNumber(ReadOnlySpan<char> text) =>
        text.Length > 1 && text[0] == '-' && !text[1..].ContainsAnyExcept(Digits) && text.Count('.') <= 1 && char.IsAsciiDigit(text[1]);

    private static bool HasOuterSpace(string value) => value.Length > 0 && (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]));
}
